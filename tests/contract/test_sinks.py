"""Every sink is idempotent, ordered and loud: the double and the real ones alike."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.memory_sink import MemorySink, Shelf
from support.plain_postgres import Server, plain_province
from support.plain_redis import RedisServer, plain_redis

from consumers.batch import Record
from consumers.portal_cache import PortalCache
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.errors import Fatal, NotOwner
from infra.kafka_reader import Place
from infra.postgres import Database
from infra.redis_client import open_redis
from schemas import topics

State = dict[str, str]
KINDS = ("memory", "province", "quarantine", "portal")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(scope="module")
def cache() -> Iterator[RedisServer]:
    with plain_redis() as running:
        yield running


class Kind:
    """One kind of sink: how a change of a row reaches it, and what it holds (key -> position)."""

    def __init__(
        self,
        topic: str,
        make: Callable[[], Any],
        change: Callable[[Writer, int, int], Record],
        state: Callable[[], State],
    ) -> None:
        self.topic = topic
        self.change = change
        self.state = state
        self._make = make

    def pen(self) -> Pen:
        """A new sink that has been assigned the partition."""
        pen = Pen(self._make())
        pen.begin(Place(self.topic, 0))
        return pen


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    yield from globals()[f"_{request.param}"](request)


def _memory(_request: pytest.FixtureRequest) -> Iterator[Kind]:
    shelf = Shelf()

    def change(writer: Writer, number: int, position: int) -> Record:
        return writer.clean_gone(number, position)

    def state() -> State:
        return {key.decode(): str(order.position) for key, order in shelf.orders.items()}

    yield Kind(topics.clean(OCOP), lambda: MemorySink(shelf), change, state)


def _province(request: pytest.FixtureRequest) -> Iterator[Kind]:
    server: Server = request.getfixturevalue("postgres")
    opened: list[Database] = []

    def make() -> Province:
        opened.append(Database("test", server.dsn("province_sink")))
        return Province(opened[-1], KnownSchemas(), [OCOP])

    def state() -> State:
        query = "select _key, _position::text || coalesce(so_sao::text, '-') from clean.nnmt_ocop"
        return _ask(server, query)

    _clear(server)
    yield Kind(topics.clean(OCOP), make, _clean_change, state)
    for database in opened:
        database.close()


def _quarantine(request: pytest.FixtureRequest) -> Iterator[Kind]:
    server: Server = request.getfixturevalue("postgres")
    opened: list[Database] = []

    def make() -> Quarantine:
        opened.append(Database("test", server.dsn("province_quarantine")))
        return Quarantine(opened[-1], [OCOP])

    def state() -> State:
        query = "select key, position::text from quarantine.item where status = 'open'"
        return _ask(server, query)

    _clear(server)
    yield Kind(topics.reject(OCOP), make, lambda w, n, p: w.reject(n, p), state)
    for database in opened:
        database.close()


def _portal(request: pytest.FixtureRequest) -> Iterator[Kind]:
    server: RedisServer = request.getfixturevalue("cache")
    with server.admin() as admin, open_redis(server.access("sink"), "test") as redis:
        admin.flushall()

        def state() -> State:
            order = admin.hgetall("pub:nnmt_ocop:1:order")
            rows = admin.hgetall("pub:nnmt_ocop:1:rows")
            return {key.decode(): str((text, rows.get(key))) for key, text in order.items()}  # type: ignore[union-attr]

        yield Kind(
            topics.open_(OCOP),
            lambda: PortalCache(redis, KnownSchemas(), [OCOP]),
            _open_change,
            state,
        )


def _clean_change(writer: Writer, number: int, position: int) -> Record:
    if position % 3 == 0:
        return writer.clean_gone(number, position)
    return writer.clean(number, position, so_sao=3 + position % 3)


def _open_change(writer: Writer, number: int, position: int) -> Record:
    if position % 3 == 0:
        return writer.open_gone(number, position)
    return writer.open(number, position, so_sao=3 + position % 3)


def _ask(server: Server, query: str) -> State:
    with psycopg.connect(server.dsn()) as connection:
        return dict(connection.execute(query).fetchall())  # type: ignore[arg-type]


def _clear(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, ledger.progress, ledger.seen,"
            " ledger.outcome, ledger.count"
        )


def test_a_batch_written_twice_equals_a_batch_written_once(kind: Kind) -> None:  # Invariant 3
    pen, writer = kind.pen(), Writer()
    pen.write(*(kind.change(writer, number, 10 + number) for number in range(5)))
    once = kind.state()
    assert len(once) == 5
    pen.write(*(kind.change(writer, number, 10 + number) for number in range(5)))
    assert kind.state() == once


@pytest.mark.parametrize("seed", range(3))
def test_the_newest_change_stays_whatever_the_order_of_arrival(kind: Kind, seed: int) -> None:
    changes = [(number, 10 + number + 4 * turn) for turn in range(6) for number in range(4)]
    pen, writer = kind.pen(), Writer()
    pen.write(*(kind.change(writer, *change) for change in changes))
    in_order = kind.state()
    chance = random.Random(seed)
    chance.shuffle(changes)
    while changes:  # Invariant 4
        taken, changes = changes[:5], changes[5:]
        pen.write(*(kind.change(writer, *change) for change in taken))
    assert kind.state() == in_order


def test_a_shuffled_history_ends_as_an_ordered_one(kind: Kind) -> None:
    changes = [(number, 10 + number + 4 * turn) for turn in range(6) for number in range(4)]
    random.Random(5).shuffle(changes)
    pen, writer = kind.pen(), Writer()
    while changes:
        taken, changes = changes[:5], changes[5:]
        pen.write(*(kind.change(writer, *change) for change in taken))
    shuffled = kind.state()
    pen.write(*(kind.change(writer, number, 30 + number) for number in range(4)))
    assert kind.state() == shuffled


def test_two_owners_of_one_partition_never_both_write(kind: Kind) -> None:  # Invariants 1, 3
    late, other, writer = kind.pen(), kind.pen(), Writer()
    first, second = kind.change(writer, 1, 10), kind.change(writer, 2, 11)
    other.write(first)
    held = kind.state()
    with pytest.raises(NotOwner):
        late.write(first, second)
    assert kind.state() == held


def test_a_successor_reads_on_where_the_place_stands(kind: Kind) -> None:
    pen, writer = kind.pen(), Writer()
    pen.write(kind.change(writer, 1, 10), kind.change(writer, 2, 11))
    assert kind.pen().places == {Place(kind.topic, 0): 2}


def test_a_record_that_is_not_ours_stops_the_sink_and_moves_nothing(kind: Kind) -> None:
    pen, writer = kind.pen(), Writer()
    good, bad = kind.change(writer, 1, 10), kind.change(writer, 2, 11)
    stranger = replace(bad, headers={}, value=b"\x01not ours", key=b"[2]")
    with pytest.raises(Fatal) as refused:  # Invariant 10
        pen.write(good, stranger)
    assert "not ours" not in str(refused.value)
    assert kind.pen().places == {Place(kind.topic, 0): 0}
    assert kind.state() == {}
