"""The quarantine sink against a real PostgreSQL: one open item a key, closed by comparison."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, PROBLEM, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.errors import Fatal
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics

PLACE = Place(topics.reject(OCOP), 0)
CLEAN_PLACE = Place(topics.clean(OCOP), 0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )


@pytest.fixture
def pen(server: Server) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_quarantine"))
    pen = Pen(Quarantine(database, [OCOP]))
    pen.begin(PLACE)
    yield pen
    database.close()


@pytest.fixture
def province(server: Server) -> Iterator[Pen]:
    database = Database("test", server.dsn("province_sink"))
    pen = Pen(Province(database, KnownSchemas(), [OCOP]))
    pen.begin(CLEAN_PLACE)
    yield pen
    database.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def items(server: Server) -> list[tuple[Any, ...]]:
    return ask(server, "select key, position, status from quarantine.item order by id")


def outcomes(server: Server) -> dict[str, int]:
    return dict(ask(server, "select outcome, n from ledger.outcome"))  # type: ignore[arg-type]


def test_a_reject_is_filed_with_its_reasons_and_its_owner(pen: Pen, server: Server) -> None:
    pen.write(Writer().reject(1, 10))
    (row,) = ask(
        server,
        "select key, problems, owner_unit, status, op, raw_topic, raw_offset, reject_topic,"
        " reject_offset, length(key_hash), source_ts is not null, closed_at from quarantine.item",
    )
    reject = topics.reject(OCOP)
    assert row == (
        "[1]",
        [PROBLEM],
        OCOP.owner_unit,
        "open",
        "u",
        topics.raw(OCOP),
        0,
        reject,
        0,
        64,
        True,
        None,
    )
    (count,) = ask(server, "select dataset, scope, op, outcome, n from ledger.count")
    assert count == (OCOP.id, "03646", "u", "quarantined", 1)


def test_a_newer_reject_takes_the_place_of_the_open_one(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10))
    pen.write(writer.reject(1, 20), writer.reject(2, 21))
    assert items(server) == [("[1]", 10, "superseded"), ("[1]", 20, "open"), ("[2]", 21, "open")]
    assert outcomes(server) == {"quarantined": 3}


def test_an_older_reject_is_filed_closed(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 20))
    pen.write(writer.reject(1, 10))
    pen.write(writer.reject(2, 41), writer.reject(2, 40))
    assert items(server) == [
        ("[1]", 20, "open"),
        ("[1]", 10, "superseded"),
        ("[2]", 41, "open"),
        ("[2]", 40, "superseded"),
    ]


def test_a_row_corrected_at_the_source_closes_its_item(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10), writer.reject(2, 11), writer.reject(3, 12))
    province.write(writer.clean(1, 20), writer.clean_gone(2, 21), writer.clean(3, 5))
    pen.sink.close_items()
    assert items(server) == [
        ("[1]", 10, "fixed_at_source"),
        ("[2]", 11, "fixed_at_source"),
        ("[3]", 12, "open"),
    ]
    closed = ask(server, "select closed_position from quarantine.item where position = 10")
    assert closed == [(20,)]


def test_a_reject_behind_the_stored_row_is_filed_closed(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    province.write(writer.clean(1, 20))
    pen.write(writer.reject(1, 10))
    assert items(server) == [("[1]", 10, "fixed_at_source")]


def test_a_row_accepted_under_newer_rules_is_a_replay(
    pen: Pen, province: Pen, server: Server
) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10))
    province.write(writer.clean(1, 10, _ruleset=2))
    pen.sink.close_items()
    assert items(server) == [("[1]", 10, "replayed")]


def test_the_same_reject_sent_twice_by_the_source_is_replayed(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(1, 10), writer.reject(1, 10))
    pen.write(writer.reject(1, 10))
    assert items(server) == [("[1]", 10, "open")]
    assert outcomes(server) == {"quarantined": 1, "replayed": 2}


def test_a_repeat_of_streams_is_not_counted(pen: Pen, server: Server) -> None:  # Invariant 2
    writer = Writer()
    pen.write(writer.reject(1, 10, raw=0))
    pen.write(writer.reject(1, 10, raw=0), writer.reject(None, 0, raw=0))
    assert outcomes(server) == {"quarantined": 1}


def test_records_without_a_key_stand_alone(pen: Pen, server: Server) -> None:
    writer = Writer()
    pen.write(writer.reject(None, 0), writer.reject(None, 0))
    assert items(server) == [(None, None, "open"), (None, None, "open")]
    assert ask(server, "select op, n from ledger.count") == [("unknown", 2)]


def test_a_reject_that_names_no_raw_record_stops_the_sink(pen: Pen, server: Server) -> None:
    record = Writer().reject(1, 10)
    del record.headers["__connect.errors.offset"]
    with pytest.raises(Fatal, match=r"reject\.nnmt_ocop\[0\]@0"):
        pen.write(record)
    assert items(server) == []


def test_the_quarantine_role_sees_no_value_of_a_row(server: Server) -> None:
    with psycopg.connect(server.dsn("province_quarantine")) as connection:
        connection.execute("select _key, _position from clean.nnmt_ocop")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select ten from clean.nnmt_ocop")
