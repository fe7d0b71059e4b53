"""The portal turns to a new version of a cache when that holds all it must, and not before."""

from collections.abc import Iterator
from typing import cast

import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_redis import RedisServer, plain_redis
from support.two_versions import RAISED, BothVersions

from consumers.batch import Record
from consumers.cache.keys import cache_keys
from consumers.cache.turn import KEPT_S, turn
from consumers.portal import make_app
from consumers.portal.store import Store
from consumers.portal_cache import PortalCache
from infra.kafka_reader import Place
from infra.redis_client import Redis, open_redis
from schemas import topics

OPEN = topics.open_(RAISED)
PLACES = [Place(OPEN, number) for number in range(RAISED.partitions)]


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


def stars(server: RedisServer) -> dict[str, int]:
    with open_redis(server.access("portal"), "test-portal") as opened:
        app = make_app(Store(opened), {OCOP.id: OCOP})
        with TestClient(app, raise_server_exceptions=False) as browser:
            rows = browser.get("/data/nnmt_ocop.json").json()["rows"]
    return {row["ma_san_pham"]: row["so_sao"] for row in rows}


def raised(record: Record) -> Record:
    return replace(record, topic=OPEN)


def test_the_version_before_is_shown_until_the_new_one_is_whole(
    server: RedisServer, client: Redis
) -> None:
    writer = Writer()
    before = Pen(PortalCache(client, KnownSchemas(), [OCOP]))
    before.begin(*(Place(topics.open_(OCOP), number) for number in (0, 1)))
    before.write(writer.open(1, 10), writer.open(2, 11))
    after = Pen(PortalCache(client, BothVersions(), [RAISED]))
    after.begin(*PLACES)
    after.write(replace(raised(writer.open(1, 20, so_sao=5)), offset=0))
    assert stars(server) == {"SP1": 4, "SP2": 4}  # empty or half, it would take rows away
    ends = dict.fromkeys(PLACES, 0) | {PLACES[0]: 2}
    assert not turn(client, RAISED, ends)
    assert stars(server) == {"SP1": 4, "SP2": 4}
    after.write(replace(raised(writer.open(2, 21, so_sao=3)), offset=1))
    assert turn(client, RAISED, ends)
    assert stars(server) == {"SP1": 5, "SP2": 3}
    with server.admin() as admin:
        left = cast("int", admin.ttl(cache_keys(OCOP, "1").rows))
        assert 0 < left <= KEPT_S
        assert admin.ttl(cache_keys(RAISED, "2").rows) == -1
    assert turn(client, RAISED, ends)
    with server.admin() as admin:
        assert admin.ttl(cache_keys(RAISED, "2").rows) == -1


def test_an_emptied_redis_is_not_turned_to_nothing(client: Redis) -> None:
    assert not turn(client, RAISED, dict.fromkeys(PLACES, 0))
    assert client.get(cache_keys(RAISED, "").current) is None
