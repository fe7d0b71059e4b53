"""Who has no right reads nothing, a wrong password opens nothing, and no canary leaks."""

import stat
from pathlib import Path

import httpx
import psycopg
import pytest
import redis
from confluent_kafka import Consumer, KafkaError, KafkaException
from support.products import insert_product
from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until

from infra import kafka_reader
from infra.errors import Transient
from infra.kafka import client_config, producer_config
from infra.local.home import Home
from infra.posting import Letter, Post
from infra.settings import KafkaAccess

CANARY = "099188000777"
CANARY_NAME = "Quàng Thị Chim Vàng"


def access(stack: Stack, user: str, password_file: Path | None = None) -> KafkaAccess:
    """How *user* reaches Kafka."""
    home = Home(stack.home)
    file = password_file or home.secret_file(f"kafka_{user}")
    bootstrap = f"127.0.0.1:{home.ports.kafka}"
    return KafkaAccess(bootstrap=bootstrap, user=user, password_file=file, ca=home.ca)


def refusal(stack: Stack, user: str, topic: str) -> KafkaError | None:
    """What Kafka says to *user* who asks for *topic*; None where it may be read."""
    reader = Consumer(client_config(access(stack, user)) | {"group.id": user})
    try:
        found: KafkaError | None = reader.list_topics(topic, timeout=10).topics[topic].error
    finally:
        reader.close()
    return found


@pytest.mark.parametrize("user", ["portal", "quarantine", "connect"])
def test_a_component_cannot_read_the_clean_rows_of_another(stack: Stack, user: str) -> None:
    error = refusal(stack, user, "clean.tp_khai_sinh.v1")
    assert error is not None
    assert error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert refusal(stack, "province", "clean.tp_khai_sinh.v1") is None


def test_a_sink_writes_again_to_its_own_topics_and_to_no_other(stack: Stack) -> None:
    letter = Letter("", 0, b"[0]", None, [("suoi.op", "d")])
    refused = {"province": "open.nnmt_ocop.v1", "portal": "clean.nnmt_ocop.v1"}
    for user, topic in refused.items():
        post = Post(client_config(access(stack, user)) | producer_config() | {"log_level": 0})
        with pytest.raises(Transient, match=r"(?i)authoriz"):
            post.send([letter._replace(topic=topic)])
    for topic in ("reject.nnmt_ocop", "books.streams"):
        post = Post(client_config(access(stack, "province")) | producer_config())
        with pytest.raises(Transient, match=r"(?i)authoriz"):
            post.send([letter._replace(topic=topic)])


def test_a_wrong_password_is_refused_by_kafka(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-password")
    refusals: list[KafkaError] = []
    reader = Consumer(
        client_config(access(stack, "province", wrong))
        | {"group.id": "province", "error_cb": refusals.append}
    )
    with pytest.raises(KafkaException):
        reader.list_topics(timeout=5)
    reader.close()
    assert any(one.code() == KafkaError._AUTHENTICATION for one in refusals)  # noqa: SLF001


def test_a_wrong_password_is_refused_by_the_databases_redis_and_connect(stack: Stack) -> None:
    ports = Home(stack.home).ports
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host="127.0.0.1",
            port=ports.province,
            user="province_sink",
            password="wrong",  # noqa: S106
            dbname="province",
        )
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=ports.redis, username="portal", password="wrong").ping()  # noqa: S106
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=ports.redis).get("pub:nnmt_ocop:cur")
    refused = httpx.get(f"http://127.0.0.1:{ports.connect}/connectors", auth=("suoi", "wrong"))
    assert refused.status_code == 401


def test_the_portal_can_read_its_cache_and_nothing_else(stack: Stack) -> None:
    home = Home(stack.home)
    portal = redis.Redis(
        port=home.ports.redis, username="portal", password=home.secret("redis_portal")
    )
    portal.get("pub:nnmt_ocop:cur")
    for forbidden in (
        lambda: portal.set("pub:nnmt_ocop:cur", "9"),
        lambda: portal.keys("*"),
        lambda: portal.get("other"),
        portal.flushall,
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            forbidden()


def test_the_sink_may_not_read_quarantine_and_the_reader_may_not_write(stack: Stack) -> None:
    home = Home(stack.home)
    for role, secret, statement in (
        ("province_sink", "pg_province_sink", "select * from quarantine.item"),
        ("province_reader", "pg_province_reader", "delete from clean.tp_khai_sinh"),
        ("province_quarantine", "pg_province_quarantine", "select ten from clean.tp_khai_sinh"),
    ):
        with (
            psycopg.connect(
                host="127.0.0.1",
                port=home.ports.province,
                dbname="province",
                user=role,
                password=home.secret(secret),
            ) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_secrets_are_files_of_their_owner_and_in_no_argument(stack: Stack) -> None:
    home = Home(stack.home)
    files = [path for path in home.secrets.rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700
    words = [path.read_text().strip() for path in files if "." not in path.name]
    arguments = "\n".join(
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if _readable(path)
    )
    assert not [word for word in words if word and word in arguments]


def test_a_canary_is_in_no_log_no_open_record_no_redis_key_and_no_message(stack: Stack) -> None:
    person = {"me_giayto": CANARY, "me_hoten": CANARY_NAME, "so_gcs": "CANARY"}
    with stack.justice() as clerk:
        insert(clerk, "ho_tich.khai_sinh", BIRTH | person)
        bad = person | {"nyc_giayto": CANARY + "9", "sddcn": CANARY, "tt_dd": "C", "gt": "Nam"}
        bad |= {"nyc_hoten": None}  # how every test tells the oracle that a version is bad
        key = insert(clerk, "ho_tich.khai_sinh", BIRTH | bad)
    with stack.agriculture() as source:
        insert_product(source, ma_sp="OCOP-14-7777", nguoi_dd=CANARY_NAME, sdt="0912777777")
    item = (
        "select problems::text from quarantine.item "
        "where dataset = 'tp_khai_sinh' and key = %s and status = 'open'"
    )
    (problems,) = until(lambda: stack.one(item, f"[{key}]"))
    until(lambda: stack.one("select 1 from clean.nnmt_ocop where ma_san_pham = 'OCOP-14-7777'"))
    places = {"problems": problems, "redis": _redis(stack), "open": _open(stack)}
    places |= {str(path): path.read_text(errors="replace") for path in stack.home.glob("logs/*")}
    for place, text in places.items():
        assert CANARY not in text, place  # Invariant 6
        assert CANARY_NAME not in text, place
        assert "912777777" not in text, place


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def _redis(stack: Stack) -> str:
    home = Home(stack.home)
    sink = redis.Redis(port=home.ports.redis, username="sink", password=home.secret("redis_sink"))
    current = (sink.get("pub:nnmt_ocop:cur") or b"").decode()
    parts = ("rows", "order", "changed", "offsets")
    everything = [sink.dump(f"pub:nnmt_ocop:{current}:{part}") or b"" for part in parts]
    rows = sink.hgetall(f"pub:nnmt_ocop:{current}:rows")
    assert rows
    return str(rows) + b"".join(everything).decode(errors="replace")


def _open(stack: Stack) -> str:
    reader = kafka_reader.open_reader(access(stack, "reader"))
    places = kafka_reader.partitions(reader, "open.nnmt_ocop.v1")
    stretches = {place: kafka_reader.bounds(reader, place) for place in places}
    text = "".join(
        f"{one.key()!r}{(one.value() or b'').decode(errors='replace')}{one.headers()}"
        for one in kafka_reader.read(reader, stretches)
    )
    reader.close()
    assert text
    return text
