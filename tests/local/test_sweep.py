"""Sweeping against a real PostgreSQL, its tombstones applied by the real sink."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.batch import Record
from consumers.province import Province
from consumers.quarantine import Quarantine
from consumers.sweep import OP, Order, count_vanished, sweep
from infra.errors import Fatal
from infra.kafka import Headers
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

CLEAN, REJECT = Place(topics.clean(OCOP), 0), Place(topics.reject(OCOP), 0)
ORDER = Order(dataset=OCOP, generation=2, by="an", reason="thử")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


class Letters:
    """An outbox that keeps what it was given, and can break."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.sent: list[tuple[str, bytes | None, bytes | None, dict[str, str]]] = []
        self._left = breaks_after

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Keep one record."""
        if self._left is not None and len(self.sent) >= self._left:
            raise KeyboardInterrupt  # as a kill -9 would end it
        self.sent.append((topic, key, value, {name: str(text) for name, text in headers}))

    async def settle(self) -> None:
        """All is durable."""

    def clean(self, first: int) -> list[Record]:
        """The records of clean as its sink would read them, from offset *first*."""
        chosen = [one for one in self.sent if one[0] == CLEAN.topic]
        return [
            Record(topic, 0, first + place, key, value, headers, 0)
            for place, (topic, key, value, headers) in enumerate(chosen)
        ]


class Room:
    """The province with three products of generation 1, of which one is met in generation 2."""

    def __init__(self, server: Server) -> None:
        self.connection = psycopg.connect(server.dsn(), autocommit=True)
        self.connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item, ledger.operation restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )
        self._sinks = [Database("test", server.dsn(f"province_{who}")) for who in ROLES]
        self.clean = Pen(Province(self._sinks[0], KnownSchemas(), [OCOP]))
        self.rejects = Pen(Quarantine(self._sinks[1], [OCOP]))
        self.clean.begin(CLEAN)
        self.rejects.begin(REJECT)
        self.writer = Writer()
        self.clean.write(*(self.writer.clean(number, 100 + number) for number in (1, 2, 3)))
        self.meet(1)

    def meet(self, number: int) -> None:
        """The load of generation 2 reads a product; its position is lower than before."""
        self.clean.write(self.writer.clean(number, 5, _generation=2))

    def count(self) -> int:
        """How many rows vanished."""
        return count_vanished(self.connection, OCOP, 2).rows

    def sweep(self, letters: Letters) -> int:
        """Sweep into *letters*."""
        return sweep(self.connection, letters, ORDER, lambda key: f"open {key}".encode())

    def deliver(self, letters: Letters) -> None:
        """Let the sink take the tombstones."""
        self.clean.write(*letters.clean(self.clean.places[CLEAN]))

    def living(self) -> list[str]:
        """Keys of the rows that live."""
        return [key for (key,) in self.ask(LIVING)]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(query).fetchall()  # type: ignore[arg-type]

    def close(self) -> None:
        """Close all."""
        self.connection.close()
        for sink in self._sinks:
            sink.close()


ROLES = ("sink", "quarantine")
LIVING = "select _key from clean.nnmt_ocop where _deleted_at is null order by 1"


@pytest.fixture
def room(server: Server) -> Iterator[Room]:
    room = Room(server)
    yield room
    room.close()


def test_what_the_load_did_not_meet_is_counted_and_nothing_is_removed_by_that(room: Room) -> None:
    assert room.count() == 2
    assert room.living() == ["[1]", "[2]", "[3]"]


def test_a_sweep_removes_exactly_that_and_tells_the_public_too(room: Room) -> None:
    letters = Letters()
    assert room.sweep(letters) == 2
    room.deliver(letters)
    assert room.living() == ["[1]"]
    assert room.count() == 0
    opened = [(key, value) for topic, key, value, _ in letters.sent if topic == topics.open_(OCOP)]
    assert opened == [(b"open [2]", None), (b"open [3]", None)]
    assert room.ask(
        "select kind, dataset, generation, rows, by_whom, done_at is not null from ledger.operation"
    ) == [("sweep", "nnmt_ocop", 2, 2, "an", True)]


def test_what_is_removed_so_is_counted_apart_from_what_was_captured(room: Room) -> None:
    before = room.ask("select * from ledger.outcome where raw_topic like 'raw.%'")
    letters = Letters()
    room.sweep(letters)
    room.deliver(letters)
    assert room.ask("select * from ledger.outcome where raw_topic like 'raw.%'") == before
    operated = "select raw_topic, outcome, n from ledger.outcome where raw_topic not like 'raw.%'"
    assert room.ask(operated) == [("operated.nnmt_ocop", "applied", 2)]  # Invariant 2
    assert room.ask(f"select outcome, n from ledger.count where op = '{OP}'") == [("applied", 2)]  # noqa: S608


def test_a_sweep_cut_short_is_finished_by_the_next(room: Room) -> None:  # Invariant 8
    cut = Letters(breaks_after=2)
    with pytest.raises(KeyboardInterrupt):
        room.sweep(cut)
    room.connection.execute("select pg_advisory_unlock_all()")  # as the end of its session does
    whole = Letters()
    assert room.sweep(whole) == 2
    room.deliver(cut)
    room.deliver(whole)
    assert room.living() == ["[1]"]
    assert room.ask("select done_at is not null from ledger.operation order by id") == [
        (False,),
        (True,),
    ]


def test_the_next_regeneration_sweeps_what_the_one_before_left(room: Room) -> None:
    first, second = Letters(), Letters()
    room.sweep(first)
    room.deliver(first)
    later = Order(dataset=OCOP, generation=3, by="an", reason="thử")
    assert sweep_with(room, later, second) == 1
    room.deliver(second)
    assert room.living() == []  # and are not taken for repeats of the first


def sweep_with(room: Room, order: Order, letters: Letters) -> int:
    room.connection.execute("select pg_advisory_unlock_all()")
    return sweep(room.connection, letters, order, lambda key: key.encode())


def test_tombstones_sent_twice_change_nothing(room: Room) -> None:  # Invariant 3
    letters = Letters()
    room.sweep(letters)
    room.deliver(letters)
    before = room.ask("select * from clean.nnmt_ocop order by _key")
    room.deliver(letters)
    assert [row[:5] for row in room.ask("select * from clean.nnmt_ocop order by _key")] == [
        row[:5] for row in before
    ]
    assert room.living() == ["[1]"]


def test_a_row_that_the_source_still_has_wins_over_a_sweep_that_came_too_early(
    room: Room,
) -> None:  # Invariant 4
    letters = Letters()
    room.sweep(letters)
    room.meet(2)  # before the tombstone
    room.deliver(letters)
    room.meet(3)  # after it
    assert room.living() == ["[1]", "[2]", "[3]"]


def test_a_row_whose_new_version_was_refused_did_not_vanish(room: Room) -> None:
    refused = room.writer.reject(2, 7)
    refused.headers["suoi.generation"] = "2"
    room.rejects.write(refused)
    assert room.count() == 1
    letters = Letters()
    room.sweep(letters)
    room.deliver(letters)
    assert room.living() == ["[1]", "[2]"]


def test_a_refused_row_that_vanished_closes_its_item(room: Room) -> None:
    room.rejects.write(room.writer.reject(9, 109))
    assert room.count() == 3
    letters = Letters()
    room.sweep(letters)
    room.deliver(letters)
    assert room.count() == 0
    assert ("[9]",) in room.ask("select _key from clean.nnmt_ocop where _deleted_at is not null")


def test_rejects_without_a_key_are_counted_because_rows_may_be_among_them(room: Room) -> None:
    room.rejects.write(room.writer.reject(None, 8))
    found = count_vanished(room.connection, OCOP, 2)
    assert (found.rows, found.living, found.nameless) == (2, 3, 1)


def test_two_sweeps_of_one_dataset_do_not_run_at_once(room: Room, server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtext('suoi.sweep'), hashtext('nnmt_ocop'))")
        with pytest.raises(Fatal, match="another process"):
            room.sweep(Letters())
