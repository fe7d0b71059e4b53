"""The portal's cache held against the provincial rows, both filled by the product's own sinks."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import Pen
from support.judging import CLEAN
from support.more_rows import MORE
from support.plain_postgres import Server, plain_province
from support.plain_redis import RedisServer, plain_redis
from support.reconciling import SECRET, Chain, Schemas

from consumers.ledger.reconcile.cache import Portal, count
from consumers.ledger.reconcile.province import Province
from consumers.portal_cache import PortalCache
from infra.kafka_reader import Place
from infra.redis_client import open_redis
from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.output import keyed_hash
from streams.projection import Projector

OCOP = read_catalogue()["nnmt_ocop"]
ROW = (CLEAN | MORE)["nnmt_ocop"]
KEYED = keyed_hash(SECRET)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with plain_redis() as running:
        yield running


class World:
    """The two places, and the chain that fills both unless a test cuts it."""

    def __init__(self, chain: Chain, pen: Pen, portal: Portal, admin: Any) -> None:  # noqa: ANN401
        self.chain, self.pen, self.portal, self.admin = chain, pen, portal, admin

    def publish(self) -> None:
        """Give the portal's sink what waits for it."""
        self.pen.write(*self.chain.opened)
        self.chain.opened.clear()

    def found(self) -> dict[str, tuple[str, str]]:
        """What differs, by open key."""
        answer = self.portal.compare(0)
        assert answer is not None
        return {one.open_key: (one.kind.value, one.what) for one in answer}


@pytest.fixture
def world(server: Server, redis_server: RedisServer) -> Iterator[World]:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, ledger.progress, ledger.seen,"
            " ledger.outcome, ledger.count"
        )
    with redis_server.admin() as admin:
        admin.flushall()
        sink = open_redis(redis_server.access("sink"), "test")
        pen = Pen(PortalCache(sink, Schemas(OCOP), [OCOP]))
        pen.begin(*(Place(topics.open_(OCOP), number) for number in range(OCOP.partitions)))
        chain = Chain(server, OCOP, compile_dataset(OCOP, read_codes(("099",))))
        condition = CONDITIONS[OCOP.open_when] if OCOP.open_when else None
        projector = Projector(OCOP, condition)
        reader = psycopg.connect(server.dsn("province_reader"))
        portal = Portal(
            redis=open_redis(redis_server.access("portal"), "test"),
            province=Province(reader, OCOP),
            dataset=OCOP,
            project=lambda values, flags: projector.accepted(values, flags).values,
            inputs=condition.inputs if condition else (),
            keyed=KEYED,
        )
        chain.deliver_all(ROW | {"id": number} for number in range(1, 9))
        made = World(chain, pen, portal, admin)
        made.publish()
        yield made
        reader.close()
        chain.close()
        sink.close()
        portal.redis.close()


def at(number: int) -> str:
    return KEYED(f"[{number}]").decode()


def test_a_cache_that_follows_is_equal(world: World) -> None:
    assert world.found() == {}
    assert world.admin.hlen("pub:nnmt_ocop:1:rows") == 8  # what was compared was there


def test_a_row_gone_altered_or_invented_in_the_cache_is_found(world: World) -> None:
    rows = "pub:nnmt_ocop:1:rows"
    world.admin.hdel(rows, at(2))
    world.admin.hset(rows, at(3), world.admin.hget(rows, at(3)).replace(b'"ten"', b'"te_"'))
    world.admin.hset(rows, at(77), world.admin.hget(rows, at(4)))
    found = world.found()
    assert found == {
        at(2): ("differs", "missing"),
        at(3): ("differs", "altered"),
        at(77): ("differs", "extra"),
    }
    answer = world.portal.compare(0)
    assert answer is not None
    assert count(answer)["differs"] == 3


def test_a_row_that_closed_or_was_deleted_may_not_be_served(world: World) -> None:  # Invariant 6
    world.chain.deliver(ROW | {"id": 5, "loai_ct": "CN"})  # a private person's: not open
    world.chain.deliver(None, gone=ROW | {"id": 6})
    assert world.found() == {at(5): ("differs", "extra"), at(6): ("differs", "extra")}
    world.publish()
    assert world.found() == {}


def test_a_row_the_portal_closed_for_a_reject_is_quarantined(world: World) -> None:
    world.chain.deliver(ROW | {"id": 7, "sao": 9, "trang_thai": None, "loai_ct": "?"})
    world.publish()
    assert set(world.found().values()) <= {("quarantined", "missing")}
    assert at(7) in world.found()


def test_a_portal_ahead_of_the_province_is_moving(world: World) -> None:
    order = "pub:nnmt_ocop:1:order"
    held = world.admin.hget(order, at(8))
    world.admin.hset(order, at(8), b"9" + held[1:])
    world.admin.hdel("pub:nnmt_ocop:1:rows", at(8))
    assert world.found() == {at(8): ("moving", "missing")}


def test_a_cache_that_is_not_whole_says_nothing(world: World) -> None:
    world.admin.delete("pub:nnmt_ocop:cur")
    assert world.portal.compare(0) is None
