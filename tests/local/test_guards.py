"""The guards of the provincial sink, each attacked alone; `make mutants` takes them away in turn.

Real PostgreSQL, one table; the order of arrival is the test's, so nothing here is chance.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.province import Province
from infra import faults
from infra.errors import NotOwner
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

PLACE = Place(topics.clean(OCOP), 0)
BOOKS = "clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture
def sink(server: Server) -> Iterator[Callable[[], Pen]]:
    """Makes sinks of one group over empty books."""
    databases: list[Database] = []
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"truncate {BOOKS}")  # type: ignore[arg-type]

    def make() -> Pen:
        databases.append(Database("test", server.dsn("province_sink")))
        pen = Pen(Province(databases[-1], KnownSchemas(), [OCOP]))
        pen.begin(PLACE)
        return pen

    yield make
    for database in databases:
        database.close()


class Struck(Exception):
    """A fault in the middle of a write: as a kill, but the test goes on."""


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def held(server: Server) -> dict[str, tuple[Any, ...]]:
    """Key -> stars and order key, of every row, tombstones too."""
    rows = ask(
        server,
        "select _key, so_sao, _generation, _position, _ruleset, _deleted_at is not null"
        " from clean.nnmt_ocop",
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def books(server: Server) -> tuple[list[tuple[Any, ...]], ...]:
    """Everything a write changes."""
    queries = (
        "select next from ledger.progress",
        "select outcome, n from ledger.outcome order by 1",
        "select highest from ledger.seen",
        "select _key, _position from clean.nnmt_ocop order by 1",
    )
    return tuple(ask(server, query) for query in queries)


def test_an_older_position_changes_nothing(server: Server, sink: Callable[[], Pen]) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 20, so_sao=5))
    pen.write(writer.clean(1, 10, so_sao=3))
    assert held(server)["[1]"] == (5, 1, 20, 1, False)  # Invariant 4


def test_a_new_generation_wins_though_its_position_is_lower(
    server: Server, sink: Callable[[], Pen]
) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 9_000, so_sao=3))
    pen.write(writer.clean(1, 10, so_sao=5, _generation=2))
    assert held(server)["[1]"] == (5, 2, 10, 1, False)
    pen.write(writer.clean(1, 9_500, so_sao=3))  # a late record of the source as it was
    assert held(server)["[1]"] == (5, 2, 10, 1, False)  # Invariant 4


def test_an_equal_order_key_writes_nothing(server: Server, sink: Callable[[], Pen]) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10, so_sao=5))
    before = ask(server, "select xmin::text, _at from clean.nnmt_ocop")
    pen.write(writer.clean(1, 10, so_sao=5))
    assert ask(server, "select xmin::text, _at from clean.nnmt_ocop") == before  # Invariant 3
    assert dict(ask(server, "select outcome, n from ledger.outcome")) == {
        "applied": 1,
        "replayed": 1,
    }


def test_a_delete_leaves_a_row_that_goes_on_guarding(
    server: Server, sink: Callable[[], Pen]
) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10))
    pen.write(writer.clean_gone(1, 30))
    assert held(server)["[1]"] == (None, 1, 30, 1, True)
    pen.write(writer.clean(1, 20))
    assert held(server)["[1]"] == (None, 1, 30, 1, True)  # Invariant 4


def test_an_owner_overtaken_leaves_no_trace(server: Server, sink: Callable[[], Pen]) -> None:
    writer = Writer()
    late, other = sink(), sink()
    first, second = writer.clean(1, 10), writer.clean(2, 20)
    other.write(first)
    before = books(server)
    with pytest.raises(NotOwner):
        late.write(first, second)
    assert books(server) == before  # Invariants 1, 3


@pytest.mark.parametrize("point", ["province.before_write", "province.before_commit"])
def test_a_write_struck_anywhere_before_its_commit_leaves_no_trace(
    server: Server, sink: Callable[[], Pen], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10))
    before = books(server)

    def strike(reached: str) -> None:
        if reached == point:
            raise Struck

    monkeypatch.setattr(faults, "point", strike)
    with pytest.raises(Struck):
        pen.write(writer.clean(1, 20), writer.clean(2, 21))
    assert books(server) == before  # Invariants 1, 8: rows, counts and offset go together
