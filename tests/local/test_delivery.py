"""The figures of delivery on a real PostgreSQL: every row once, by its newest version."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.ledger.delivery import Figures
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from suoi.delivery import counted


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture
def pens(server: Server) -> Iterator[tuple[Pen, Pen]]:
    clean = Database("test", server.dsn("province_sink"))
    reject = Database("test", server.dsn("province_quarantine"))
    sinks = Pen(Province(clean, KnownSchemas(), [OCOP])), Pen(Quarantine(reject, [OCOP]))
    for pen, place in zip(sinks, (topics.clean(OCOP), topics.reject(OCOP)), strict=True):
        pen.begin(Place(place, 0))
    yield sinks
    clean.close()
    reject.close()


def figures(server: Server) -> Figures:
    """What the role that may only read is told."""
    with psycopg.connect(server.dsn("province_reader")) as connection:
        return counted(connection, OCOP)


def refused(server: Server, key: str, *codes: str) -> None:
    """Give the open item of *key* problems of these *codes*."""
    problems: list[dict[str, Any]] = [{"code": code, "field": "ten"} for code in codes]
    with psycopg.connect(server.dsn()) as connection:
        connection.execute(
            "update quarantine.item set problems = %s where key = %s and status = 'open'",
            (json.dumps(problems), key),
        )


def test_a_row_counts_once_by_its_newest_version(server: Server, pens: tuple[Pen, Pen]) -> None:
    clean, reject = pens
    assert figures(server) == Figures(loaded=True)
    writer = Writer()
    clean.write(*(writer.clean(number, 10) for number in (1, 2, 3)), writer.clean_gone(4, 10))
    assert figures(server) == Figures(loaded=True, clean=3)
    reject.write(writer.reject(3, 20), writer.reject(5, 20), writer.reject(6, 20))
    found = figures(server)
    assert (found.clean, found.refused, found.rows) == (2, 3, 5)
    assert (found.lacking, found.holes) == (3, 3)
    refused(server, "[3]", "field.missing", "schema.missing_field", "date.range")
    refused(server, "[5]", "rule.all_or_nothing")
    refused(server, "[6]", "code.unknown")
    found = figures(server)
    assert (found.refused, found.lacking, found.holes) == (3, 2, 2)
    clean.write(writer.clean(3, 30))
    reject.write(writer.reject(7, 40))
    reject.sink.close_items()
    found = figures(server)
    assert (found.clean, found.refused) == (3, 3)
