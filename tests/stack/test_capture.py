"""The front door before real servers: guards see what is there, applying again does nothing."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from support.contracts import a_dataset
from support.stack import Stack
from support.waiting import until

from connectors import mariadb, postgres
from connectors.desk import Desk
from connectors.postgres.guards import slot_holds
from connectors.sources import read_sources
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from suoi.departments import open_desks

TABLES = """
create schema if not exists cua;
create table if not exists cua.khong_khoa (id int, ten text);
create table if not exists cua.ngan (id int primary key, ten varchar(10));
create table if not exists cua.dai (id int primary key, ten text);
create unlogged table if not exists cua.khong_ghi (id int primary key, ten varchar(10));
create table if not exists cua.an (id int primary key, ten varchar(10));
alter table cua.an enable row level security;
create schema if not exists kin;
create table if not exists kin.so (id int primary key, ten varchar(10));
grant usage on schema cua to cdc_so_tu_phap;
grant select on all tables in schema cua to cdc_so_tu_phap;
"""


@pytest.fixture(scope="module")
def desks(stack: Stack) -> Iterator[dict[str, Desk]]:
    catalogue = read_catalogue(stack.contracts).captured(read_sources())
    with open_desks(Home(stack.home), catalogue) as opened:
        yield {desk.source.id: desk for desk in opened}


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    with stack.justice() as connection:
        connection.execute(TABLES)
        yield connection
        connection.execute("drop schema cua, kin cascade")


def dataset(source: str, table: str, *columns: str) -> Dataset:
    """An invented contract that takes nothing but its key."""
    return a_dataset(source=source, table=table, source_key=("id", *columns))


def guards(desk: Desk, judged: Dataset) -> set[str]:
    """Names of the guards that refuse *judged* at this source."""
    refused = desk.engine.judge(desk.database, desk.source, [judged], desk.offset)
    assert all(refusal.dataset == "thu" for refusal in refused)
    return {refusal.guard for refusal in refused}


def test_a_running_source_is_refused_nothing(desks: dict[str, Desk]) -> None:
    refused = {name: desk.refusals() for name, desk in desks.items()}
    assert refused == dict.fromkeys(DEPARTMENTS, ())


@pytest.mark.parametrize(
    ("table", "refusing"),
    [
        ("cua.ngan", {"publication"}),
        ("cua.khong_khoa", {"publication", "key"}),
        ("cua.khong_ghi", {"publication", "table"}),
        ("cua.an", {"publication", "rights"}),
        ("cua.khong_co", {"table"}),
        ("kin.so", {"publication", "rights"}),
    ],
)
def test_the_guards_see_what_is_wrong_with_a_table(
    desks: dict[str, Desk], owner: psycopg.Connection[Any], table: str, refusing: set[str]
) -> None:
    assert owner.closed is False
    assert guards(desks["so_tu_phap"], dataset("so_tu_phap", table)) == refusing


def test_a_long_text_needs_the_full_identity_and_a_short_one_does_not(
    desks: dict[str, Desk], owner: psycopg.Connection[Any]
) -> None:
    assert owner.closed is False
    desk = desks["so_tu_phap"]
    facts = postgres.read_facts(desk.database, desk.source, ["cua.dai", "cua.ngan"])
    assert facts.tables["cua.dai"].toastable == ("ten",)
    assert facts.tables["cua.ngan"].toastable == ()
    assert facts.tables["cua.dai"].identity == "d"


def test_a_slot_that_ran_ahead_of_the_stored_offset_is_seen(desks: dict[str, Desk]) -> None:
    desk = desks["so_tu_phap"]
    facts = postgres.read_facts(desk.database, desk.source, desk.tables)
    assert list(slot_holds(facts, desk.source, desk.offset())) == []
    [refusal] = slot_holds(facts, desk.source, {"lsn": 1, "lsn_commit": 1})
    assert "ran ahead" in refusal.sentence


def test_a_zero_date_in_a_mandatory_column_is_seen(stack: Stack, desks: dict[str, Desk]) -> None:
    desk = desks["so_nnmt"]
    with stack.agriculture() as farms, farms.cursor() as cursor:
        cursor.execute("create table ngay_khong (id int primary key, ngay date not null)")
        try:
            cursor.execute("grant select on so_nnmt.ngay_khong to cdc_so_nnmt")
            judged = dataset("so_nnmt", "ngay_khong")
            assert guards(desk, judged) == set()
            cursor.execute("insert into ngay_khong values (1, '0000-00-00')")
            facts = mariadb.read_facts(desk.database, desk.source, ["so_nnmt.ngay_khong"])
            assert facts.tables["so_nnmt.ngay_khong"].zero_dates == ("ngay",)
        finally:
            cursor.execute("drop table ngay_khong")


def test_applying_again_changes_nothing_and_loads_nothing(stack: Stack) -> None:
    def loaded() -> bool:
        status = stack.json("connector", "status", check=False)
        return all(
            load["state"] == "loaded" for one in status.values() for load in one["loads"].values()
        )

    until(loaded, 60)
    applied = stack.json("connector", "apply")
    assert [(one["outcome"], one["signalled"], one["refusals"]) for one in applied] == [
        ("unchanged", [], [])
    ] * len(DEPARTMENTS)
    assert {step["action"] for step in stack.json("connector", "plan")} == {"unchanged"}


def test_the_script_of_a_source_can_be_run_again_by_hand(stack: Stack) -> None:
    script = stack.suoi("connector", "dba", "so_tu_phap").stdout
    body = script.split("\\getenv password SUOI_CDC_PASSWORD\n")[1]
    password = Home(stack.home).secret("cdc_so_tu_phap")
    with stack.justice() as connection:
        connection.execute(body.replace(":'password'", f"'{password}'"))
    assert stack.suoi("connector", "plan").returncode == 0
