"""Each guard refuses what it must, with a sentence, and only that (invariant 10)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors import mariadb, postgres
from connectors.capture import HOUSE_TABLES
from connectors.guards import Columns, Refusal
from connectors.mariadb import facts as maria
from connectors.postgres import facts as pg
from connectors.sources import read_sources
from schemas.contract import Dataset

JUSTICE, FARMS = read_sources()["so_tu_phap"], read_sources()["so_nnmt"]
TABLE = "ho_tich.khai_sinh"
OFFSET = {"lsn": 500, "lsn_commit": 490, "lsn_proc": 500}
COLUMNS = Columns(names=("id", "ten", "ghi_chu"), generated=(), key=("id",))


def pg_table(columns: Columns = COLUMNS) -> pg.Table:
    return pg.Table(
        kind="r",
        persistence="p",
        identity="f",
        readable=True,
        hidden_rows=False,
        columns=columns,
        toastable=("ten", "ghi_chu"),
    )


HOUSE = replace(pg_table(Columns(names=("id",), generated=(), key=("id",))), toastable=())
HEALTHY = pg.Facts(
    wal_level="logical",
    version=150_018,
    publishes_all=True,
    published={
        name: pg.Published(columns=COLUMNS.names, filtered=False) for name in (TABLE, *HOUSE_TABLES)
    },
    tables={TABLE: pg_table(), **dict.fromkeys(HOUSE_TABLES, HOUSE)},
    slot=pg.Slot(
        active=True,
        confirmed_lsn=490,
        wal_status="reserved",
        plugin="pgoutput",
        database="so_tu_phap",
    ),
)


def judge(facts: pg.Facts, birth: Dataset, offset: dict[str, int] | None = OFFSET) -> list[Refusal]:
    return list(postgres.refusals(facts, JUSTICE, [birth], offset))


def with_table(**changes: Any) -> pg.Facts:  # noqa: ANN401  any field of a table
    return replace(HEALTHY, tables={**HEALTHY.tables, TABLE: replace(pg_table(), **changes)})


def with_slot(**changes: Any) -> pg.Facts:  # noqa: ANN401  any field of a slot
    assert HEALTHY.slot is not None
    return replace(HEALTHY, slot=replace(HEALTHY.slot, **changes))


def without_publication_of(table: str) -> pg.Facts:
    kept = {name: place for name, place in HEALTHY.published.items() if name != table}
    return replace(HEALTHY, published=kept)


def test_a_healthy_source_may_start(birth: Dataset) -> None:
    assert judge(HEALTHY, birth) == []
    assert judge(replace(HEALTHY, slot=None), birth, offset=None) == []


@pytest.mark.parametrize(
    ("facts", "guard", "words"),
    [
        (replace(HEALTHY, wal_level="replica"), "server", "wal_level is replica"),
        (replace(HEALTHY, version=140_000), "server", "PostgreSQL 14"),
        (replace(HEALTHY, publishes_all=False), "publication", "leaves out some kinds"),
        (without_publication_of("cdc.signal"), "publication", "cdc.signal is not in"),
        (replace(HEALTHY, slot=None), "slot", "is gone"),
        (with_slot(wal_status="lost"), "slot", "is lost"),
        (with_slot(plugin="test_decoding"), "slot", "belongs to test_decoding"),
        (with_slot(confirmed_lsn=501), "slot", "ran ahead"),
    ],
)
def test_a_source_that_would_lose_changes_is_refused_whole(
    birth: Dataset, facts: pg.Facts, guard: str, words: str
) -> None:
    [refusal] = judge(facts, birth)
    assert (refusal.guard, refusal.dataset) == (guard, "")
    assert words in refusal.sentence


@pytest.mark.parametrize(
    ("facts", "guard", "words"),
    [
        (without_publication_of(TABLE), "publication", "is not in publication"),
        (with_table(identity="d"), "identity", "replica identity is not FULL"),
        (with_table(columns=COLUMNS._replace(key=())), "key", "no primary key"),
        (with_table(columns=COLUMNS._replace(key=("so",))), "key", "sourceKey"),
        (with_table(columns=COLUMNS._replace(names=("id", "ghi_chu"))), "column", "takes"),
        (with_table(columns=COLUMNS._replace(names=("id", "ten"))), "column", "excludes"),
        (with_table(columns=COLUMNS._replace(generated=("ten",))), "column", "is generated"),
        (with_table(readable=False), "rights", "may not read"),
        (with_table(hidden_rows=True), "rights", "row security"),
        (with_table(persistence="u"), "table", "no ordinary logged table"),
    ],
)
def test_a_table_that_would_lose_changes_stops_its_dataset_alone(
    birth: Dataset, facts: pg.Facts, guard: str, words: str
) -> None:
    [refusal] = judge(facts, birth)
    assert (refusal.guard, refusal.dataset) == (guard, birth.id)
    assert words in refusal.sentence


def test_a_long_column_nobody_takes_needs_no_full_identity(birth: Dataset) -> None:
    assert judge(with_table(identity="d", toastable=("ghi_chu",)), birth) == []


def test_a_slot_about_to_be_lost_may_start_because_that_saves_it(birth: Dataset) -> None:
    assert judge(with_slot(wal_status="unreserved"), birth) == []


VARIABLES = {
    "log_bin": "ON",
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
    "log_bin_compress": "OFF",
    "server_id": "7",
    "expire_logs_days": "10.000000",
    "binlog_expire_logs_seconds": "864000",
}
OCOP = maria.Table(
    columns=Columns(names=("id", "ten"), generated=(), key=("id",)), readable=True, zero_dates=()
)
FARMS_FACTS = maria.Facts(
    variables=VARIABLES,
    tables=dict.fromkeys(("so_nnmt.ocop", *HOUSE_TABLES), OCOP),
    binlogs={"binlog.000007": 1000},
)
AT = {"file": "binlog.000007", "pos": 1000}
Change = Callable[[maria.Facts], maria.Facts]


def variable(name: str, value: str) -> Change:
    return lambda facts: replace(facts, variables={**facts.variables, name: value})


def ocop(**changes: Any) -> Change:  # noqa: ANN401  any field of a table
    return lambda facts: replace(
        facts, tables={**facts.tables, "so_nnmt.ocop": replace(OCOP, **changes)}
    )


def test_a_healthy_mariadb_may_start(product: Dataset) -> None:
    assert list(mariadb.refusals(FARMS_FACTS, FARMS, [product], AT)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (variable("binlog_format", "MIXED"), "binlog_format is MIXED"),
        (variable("binlog_row_image", "MINIMAL"), "binlog_row_image is MINIMAL"),
        (variable("server_id", "0"), "server_id is 0"),
        (variable("binlog_expire_logs_seconds", "3600"), "kept for 1 h"),
        (ocop(readable=False), "may not read so_nnmt.ocop"),
        (ocop(zero_dates=("ten",)), "0000-00-00"),
        (lambda facts: replace(facts, binlogs={"binlog.000008": 5}), "is gone"),
        (lambda facts: replace(facts, binlogs={"binlog.000007": 5}), "was restored"),
    ],
)
def test_a_mariadb_that_would_lose_changes_is_refused(
    product: Dataset, change: Change, words: str
) -> None:
    [refusal] = mariadb.refusals(change(FARMS_FACTS), FARMS, [product], AT)
    assert words in refusal.sentence
