"""The portal's sink and its web process against a real Redis with the product's ACL users."""

from collections.abc import Iterator

import pytest
import redis
from fastapi.testclient import TestClient
from support.deliveries import NOON, OCOP, KnownSchemas, Pen, Writer
from support.plain_redis import RedisServer, plain_redis

from consumers.batch import Lost
from consumers.portal import make_app
from consumers.portal.store import Store
from consumers.portal_cache import PortalCache
from infra.errors import NotOwner, Transient
from infra.kafka_reader import Place
from infra.redis_client import Redis, open_redis
from schemas import topics

FIRST, SECOND = (Place(topics.open_(OCOP), number) for number in (0, 1))


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with plain_redis() as running:
        yield running


@pytest.fixture
def client(server: RedisServer) -> Iterator[Redis]:
    with server.admin() as admin:
        admin.flushall()
    with open_redis(server.access("sink"), "test-sink") as opened:
        yield opened


@pytest.fixture
def pen(client: Redis) -> Pen:
    pen = Pen(PortalCache(client, KnownSchemas(), [OCOP]))
    pen.begin(FIRST, SECOND)
    return pen


@pytest.fixture
def portal(server: RedisServer) -> Iterator[TestClient]:
    with open_redis(server.access("portal"), "test-portal") as opened:
        app = make_app(Store(opened), {OCOP.id: OCOP})
        with TestClient(app, raise_server_exceptions=False) as browser:
            yield browser


def stars(portal: TestClient) -> dict[str, int]:
    rows = portal.get("/data/nnmt_ocop.json").json()["rows"]
    return {row["ma_san_pham"]: row["so_sao"] for row in rows}


def test_an_open_row_is_shown_and_a_closed_one_is_not(pen: Pen, portal: TestClient) -> None:
    writer = Writer()
    pen.write(writer.open(1, 10), writer.open(2, 11, so_sao=5))
    assert stars(portal) == {"SP1": 4, "SP2": 5}
    pen.write(writer.open_gone(1, 20))
    assert stars(portal) == {"SP2": 5}


def test_an_older_version_never_returns_to_the_portal(pen: Pen, portal: TestClient) -> None:
    writer = Writer()  # Invariant 4
    pen.write(writer.open_gone(1, 30), writer.open(1, 20))
    pen.write(
        writer.open(2, 9_007_199_254_740_993), writer.open(2, 9_007_199_254_740_992, so_sao=3)
    )
    assert stars(portal) == {"SP2": 4}  # exact beyond 2^53


def test_values_are_canonical(pen: Pen, portal: TestClient) -> None:
    kilos = (1_234_500).to_bytes(4, "big", signed=True)
    pen.write(Writer().open(1, 10, ngay_cong_nhan=19_000, san_luong_nam=kilos, ten="Chè -1"))
    answer = portal.get("/data/nnmt_ocop.json")
    (row,) = answer.json()["rows"]
    assert (row["ngay_cong_nhan"], row["san_luong_nam"]) == ("2022-01-08", "1234.5")
    assert set(row) == {column.name for column in OCOP.open_columns}  # Invariant 6
    assert answer.headers["x-suoi-last-change"] == "2024-10-04T00:00:00.00001Z"
    assert answer.headers["last-modified"] == "Fri, 04 Oct 2024 00:00:00 GMT"


def test_a_csv_cell_is_never_a_formula(pen: Pen, portal: TestClient) -> None:
    pen.write(Writer().open(1, 10, ten='=HYPERLINK("x")', chu_the="Hợp tác xã, số 1"))
    text = portal.get("/data/nnmt_ocop.csv").text
    assert '"\'=HYPERLINK(""x"")"' in text
    assert '"Hợp tác xã, số 1"' in text
    assert portal.get("/data/nnmt_ocop.csv?bom=1").content.startswith(b"\xef\xbb\xbf")


def test_the_tag_changes_with_the_content_alone(
    pen: Pen, portal: TestClient, server: RedisServer, client: Redis
) -> None:
    writer = Writer()
    pen.write(writer.open(1, 10))
    tag = portal.get("/data/nnmt_ocop.json").headers["etag"]
    unchanged = portal.get("/data/nnmt_ocop.json", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    with server.admin() as admin:
        admin.flushall()
    again = Pen(PortalCache(client, KnownSchemas(), [OCOP]))
    again.begin(FIRST, SECOND)
    again.write(Writer().open(1, 10))
    assert portal.get("/data/nnmt_ocop.json").headers["etag"] == tag
    again.write(writer.open(1, 11, so_sao=5))
    assert portal.get("/data/nnmt_ocop.json").headers["etag"] != tag


def test_a_cache_being_filled_is_not_shown_until_it_is_whole(
    client: Redis, portal: TestClient
) -> None:
    pen, writer = Pen(PortalCache(client, KnownSchemas(), [OCOP])), Writer()
    pen.begin(FIRST, high=2)
    pen.write(writer.open(1, 10), writer.open(2, 11))
    assert portal.get("/data/nnmt_ocop.json").status_code == 503  # the other partition has no owner
    pen.begin(FIRST, SECOND, high=2)
    refused = portal.get("/data/nnmt_ocop.json")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    other = Writer(partition=1)
    pen.write(other.open(3, 12), other.open(4, 13))
    assert len(stars(portal)) == 4


def test_a_redis_emptied_between_batches_is_noticed(
    pen: Pen, server: RedisServer, portal: TestClient
) -> None:
    writer = Writer()
    pen.write(writer.open(1, 10))
    server.stop()
    refused = portal.get("/data/nnmt_ocop.json")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    with pytest.raises(Transient):
        pen.write(writer.open(2, 11))
    server.start()
    with pytest.raises(Lost):
        pen.sink.check()  # also while no record comes
    with pytest.raises(Lost):
        pen.sink.write(pen.batch(writer.open(2, 11)))
    assert portal.get("/data/nnmt_ocop.json").status_code == 503
    pen.begin(FIRST, SECOND)
    assert pen.places == {FIRST: 0, SECOND: 0}


def test_a_sink_overtaken_writes_nothing(client: Redis, portal: TestClient) -> None:
    writer = Writer()  # Invariants 1, 3
    late, other = (Pen(PortalCache(client, KnownSchemas(), [OCOP])) for _ in range(2))
    for pen in (late, other):
        pen.begin(FIRST, SECOND)
    first, second = writer.open(1, 10), writer.open(2, 11)
    other.write(first)
    with pytest.raises(NotOwner):
        late.write(first, second)
    assert stars(portal) == {"SP1": 4}


def test_an_answer_lost_after_the_write_is_not_written_again(
    pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = pen.batch(Writer().open(1, 10))
    evalsha = redis.Redis.evalsha

    def lost(client: Redis, *arguments: object) -> object:
        evalsha(client, *arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(redis.Redis, "evalsha", evalsha)
        message = "the connection broke before the answer came"
        raise redis.ConnectionError(message)

    monkeypatch.setattr(redis.Redis, "evalsha", lost)
    with pytest.raises(Transient):
        pen.sink.write(batch)
    assert pen.sink.write(batch) == {"open": 0}


def test_the_portal_says_what_it_has_not(pen: Pen, portal: TestClient) -> None:
    pen.write(Writer().open(1, 10))
    missing = portal.get("/data/tp_khai_sinh.json")
    assert missing.status_code == 404
    assert "tp_khai_sinh" in missing.json()["error"]
    page = portal.get("/nothing", headers={"accept": "text/html"})
    assert (page.status_code, '<html lang="vi">' in page.text) == (404, True)


def test_the_front_page_lists_the_datasets(pen: Pen, portal: TestClient) -> None:
    pen.write(Writer().open(1, 10))
    page = portal.get("/")
    assert OCOP.title in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    (entry,) = portal.get("/api/datasets").json()
    assert (entry["id"], entry["ready"], entry["count"]) == (OCOP.id, True, 1)
    assert entry["last_change"].startswith("2024-10-04")
    assert NOON


def test_the_web_process_may_only_read(server: RedisServer) -> None:
    with (
        open_redis(server.access("portal"), "test-portal") as opened,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        opened.set("pub:nnmt_ocop:cur", "9")
