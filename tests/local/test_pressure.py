"""What the guards read of a real server, through a role that may no more than the DBA's script."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from support.contracts import a_dataset
from support.plain_mariadb import plain_mariadb
from support.plain_postgres import Server, plain_postgres

from connectors.engines import ENGINES
from connectors.guards.alarms import alarms_of
from connectors.guards.rounds import skew_seconds
from connectors.mariadb.script import script
from connectors.sources import Source
from infra.settings import Limits
from infra.source_database import Login, SourceDatabase, open_mariadb, open_postgres

SOURCE = Source(
    id="so_thu",
    engine="postgres",
    database="postgres",
    schemas=("thu",),
    role="cdc_so_thu",
    publication="suoi",
    slot="suoi_so_thu",
)
DATASETS = (a_dataset(id="a", table="thu.a"), a_dataset(id="b", table="thu.b"))
_MADE = """
create role cdc_so_thu login replication;
create role clerk login;
create schema cdc; create schema thu authorization clerk;
create table cdc.heartbeat(id int primary key, ts timestamptz not null);
create table thu.a(id int primary key, words text); create table thu.b(id int primary key);
alter table thu.a owner to clerk;
grant usage on schema cdc to cdc_so_thu; grant select on cdc.heartbeat to cdc_so_thu;
create publication suoi for table thu.a;
"""
READ = ENGINES["postgres"].read_pressure
PASSWORD = "only-a-test"  # noqa: S105


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_postgres() as running:
        run(running, _MADE)
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[SourceDatabase]:
    login = Login(
        host="127.0.0.1",
        port=server.port,
        database="postgres",
        user=SOURCE.role,
        password="",
        sslmode="disable",
    )
    opened = open_postgres("so_thu", login)
    yield opened
    opened.close()


def run(server: Server, *statements: Any) -> None:  # noqa: ANN401  psycopg's own
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for one in statements:
            connection.execute(one)


def test_a_source_without_slot_or_heartbeat_says_so(database: SourceDatabase) -> None:
    found = READ(database, SOURCE, DATASETS, lambda: None)
    assert (found.has_place, found.kept_bytes, found.heartbeat_age_s) == (True, None, None)
    assert found.cap_bytes is None  # the server's default is no limit
    assert not READ(database, SOURCE, DATASETS, lambda: {"lsn": 5}).has_place
    assert [(one.id, table) for one, table in found.unpublished] == [("b", "thu.b")]
    assert abs(skew_seconds(found.source_s, time.time() - 5, time.time())) < 5


def test_what_a_stopped_connector_keeps_grows_until_it_alarms(
    server: Server, database: SourceDatabase
) -> None:
    run(
        server,
        "insert into cdc.heartbeat values (1, now() - interval '90 s')",
        "alter system set max_slot_wal_keep_size = '64MB'",
        "select pg_reload_conf()",
        "select pg_create_physical_replication_slot('suoi_so_thu', true)",
    )
    seen = [shares(database)]
    with psycopg.connect(server.dsn("clerk"), autocommit=True) as clerk:
        while seen[-1] < 0.5:
            clerk.execute(
                "insert into thu.a select n, repeat(md5(random()::text), 30) "
                "from generate_series((select coalesce(max(id), 0) from thu.a) + 1, "
                "(select coalesce(max(id), 0) from thu.a) + 3000) as n"
            )  # the source's own work is not hindered
            seen.append(shares(database))
            alarms = {one.code: one for one in judged(database)}
            if seen[-1] >= 0.40:
                assert alarms["slot.lag"].severity == "critical"
            elif seen[-1] >= 0.25:
                assert alarms["slot.lag"].severity == "warn"
            else:
                assert "slot.lag" not in alarms
    assert any(0.25 <= share < 0.5 for share in seen)  # it was said before half was used
    assert {one.code for one in judged(database)} >= {"heartbeat.age", "publication.table"}
    run(server, "select pg_drop_replication_slot('suoi_so_thu')")


def shares(database: SourceDatabase) -> float:
    found = READ(database, SOURCE, DATASETS, lambda: None)
    assert found.cap_bytes == 64 * 2**20
    assert 85 < (found.heartbeat_age_s or 0) < 200
    return (found.kept_bytes or 0) / found.cap_bytes


def judged(database: SourceDatabase) -> list[Any]:
    return alarms_of(SOURCE, READ(database, SOURCE, DATASETS, lambda: None), 0.0, Limits())


def test_the_transactions_of_others_are_seen_without_any_right_to_their_words(
    server: Server, database: SourceDatabase
) -> None:
    def writers() -> tuple[str, ...] | None:
        return READ(database, SOURCE, DATASETS, lambda: None).writers

    assert writers() == ()
    with psycopg.connect(server.dsn("clerk")) as clerk:
        clerk.execute("select 1")
        assert writers() == ()  # it has written nothing: it holds nothing
        clerk.execute("insert into thu.a values (-1)")
        [one] = writers() or ()
        assert one == str(clerk.execute("select pg_current_xact_id()::text").fetchall()[0][0])
    assert writers() == ()


def test_a_mariadb_tells_its_binlog_without_the_right_to_see_transactions() -> None:
    source = replace(SOURCE, engine="mariadb", database="thu", schemas=("thu",))
    read = ENGINES["mariadb"].read_pressure
    with plain_mariadb() as running:
        running.run("create database thu; set global expire_logs_days = 10")
        running.run(script(source, (), PASSWORD), "thu")
        login = Login(
            host="127.0.0.1",
            port=running.port,
            database="thu",
            user=source.role,
            password=PASSWORD,
        )
        database = open_mariadb("so_thu", login)
        first = read(database, source, (), lambda: None)
        assert (first.heartbeat_age_s, first.transaction_s, first.kept_bytes) == (None, None, None)
        assert first.keep_s == 10 * 86_400
        assert abs(skew_seconds(first.source_s, time.time() - 5, time.time())) < 5
        running.run("insert into cdc.heartbeat values (1, now(6) - interval 70 second)")
        [(file, *_), *_] = database.ask("SHOW BINARY LOGS")
        offset = {"file": file, "pos": 4, "ts_sec": int(first.source_s) - 3 * 86_400}
        found = read(database, source, (), lambda: offset)
        assert 69 < (found.heartbeat_age_s or 0) < 90
        assert (found.kept_bytes or 0) > 100
        alarms = {one.code: one for one in alarms_of(source, found, 0.0, Limits())}
        assert alarms["slot.lag"].severity == "warn"  # 3 of 10 days
        assert not read(database, source, (), lambda: offset | {"file": "binlog.999999"}).has_place
        database.close()
