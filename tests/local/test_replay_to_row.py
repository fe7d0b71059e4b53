"""From quarantine back into the row: replays and approved truncates, and how they count."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province

from consumers.batch import Record
from consumers.payloads import Identity
from consumers.province import Province
from consumers.quarantine import Quarantine
from infra.kafka_reader import Place
from infra.postgres import Database
from schemas import topics
from schemas.records import OrderKey, Origin
from suoi.quarantine import Kept
from suoi.reject_approve import tombstones


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, quarantine.item restart identity;"
            "truncate ledger.progress, ledger.seen, ledger.outcome, ledger.count, ledger.refused"
        )


@pytest.fixture
def pens(server: Server) -> Iterator[tuple[Pen, Pen]]:
    clean = Database("test", server.dsn("province_sink"))
    reject = Database("test", server.dsn("province_quarantine"))
    made = Pen(Province(clean, KnownSchemas(), [OCOP])), Pen(Quarantine(reject, [OCOP]))
    made[0].begin(Place(topics.clean(OCOP), 0))
    made[1].begin(Place(topics.reject(OCOP), 0))
    yield made
    clean.close()
    reject.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def again(record: Record) -> Record:
    return replace(record, headers=record.headers | {"suoi.again": "1"})


def outcomes(server: Server) -> dict[str, int]:
    rows = ask(server, "select outcome, sum(n)::int from ledger.outcome group by 1")
    return {name: n for name, n in rows if n}


def test_a_replayed_row_is_applied_once_its_item_closes_and_the_sum_moves(
    pens: tuple[Pen, Pen], server: Server
) -> None:
    province, quarantine = pens
    writer = Writer()
    quarantine.write(writer.reject(1, 10, raw=0), writer.reject(2, 11, raw=1))
    province.write(writer.clean(3, 12, raw=2), writer.clean(2, 20, raw=3))
    for _ in range(2):
        province.write(
            again(writer.clean(1, 10, raw=0, _ruleset=2)),
            again(writer.clean(2, 11, raw=1, _ruleset=2)),
        )
    quarantine.sink.close_items()
    assert ask(server, "select _key, _position from clean.nnmt_ocop order by 1") == [
        ("[1]", 10), ("[2]", 20), ("[3]", 12),
    ]  # fmt: skip
    assert ask(server, "select status from quarantine.item order by id") == [
        ("replayed",), ("fixed_at_source",),
    ]  # fmt: skip
    assert outcomes(server) == {"applied": 3, "superseded": 1}


def test_approved_tombstones_remove_older_rows_and_count_nowhere(
    pens: tuple[Pen, Pen], server: Server
) -> None:
    province, quarantine = pens
    writer = Writer()
    province.write(*(writer.clean(number, 10 + number) for number in (1, 2, 3)))
    truncate = writer.reject(None, 0, raw=9)
    order = {"generation": 1, "position": 20, "step": 0, "ruleset": 1, "source_ts": 7_000_000}
    headers = {f"suoi.{name}": str(value) for name, value in order.items()}
    quarantine.write(
        replace(truncate, key=b"", headers=truncate.headers | headers | {"suoi.op": "t"})
    )
    province.write(writer.clean(3, 30, raw=12))
    raw = Origin(topics.raw(OCOP), 0, 9)
    identity = Identity(OCOP.id, raw, 1)
    held = Kept(1, OCOP.id, "t", "open", OrderKey(1, 20, 0, 1), 1, identity, raw, None, 7_000_000)
    made = tombstones(OCOP, held, b"x", 5)
    for _ in range(2):
        records = []
        for number in (1, 2, 3):
            _, key, sent = next(made(f"[{number}]"))
            found = {name: str(value) for name, value in sent}
            records.append(writer._record(topics.clean(OCOP), key, None, found))  # noqa: SLF001
        province.write(*records)
    live = ask(server, "select _key from clean.nnmt_ocop where _deleted_at is null")
    assert live == [("[3]",)]
    assert sum(outcomes(server).values()) == 5
