"""What the benchmarks read from the system, and how their command refuses."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from support.plain_postgres import plain_postgres

from bench import processes
from bench.equal import Content, columns_of, content
from bench.laps import Rows
from suoi import bench as command

MINE, THEIRS = sql.Identifier("mine"), sql.Identifier("theirs")


@pytest.fixture(scope="module")
def server() -> Iterator[psycopg.Connection]:
    with plain_postgres() as running, psycopg.connect(running.dsn(), autocommit=True) as found:
        yield found


@pytest.fixture
def pair(server: psycopg.Connection) -> psycopg.Connection:
    """Ours and the rival's table with the same three rows, written in another order."""
    server.execute("drop table if exists mine, theirs")
    for name, kind in (("mine", "timestamptz"), ("theirs", "bigint")):
        made = sql.SQL("create table {} (_key text, _position bigint, word text, at {})")
        server.execute(made.format(sql.Identifier(name), sql.SQL(kind)))
    server.execute(
        "insert into mine select '[' || n || ']', n, null, to_timestamp(n + 0.000001)"
        " from generate_series(0, 2) as n"
    )
    server.execute(
        "insert into theirs select '[' || n || ']', n, null, n * 1000000 + 1"
        " from generate_series(2, 0, -1) as n"
    )
    return server


def read(server: psycopg.Connection, table: sql.Identifier) -> Content:
    return content(server, table, columns_of(server, table))


def test_equal_tables_are_equal_however_an_instant_is_kept(pair: psycopg.Connection) -> None:
    assert read(pair, MINE) == read(pair, THEIRS)
    assert read(pair, MINE)[:2] == (3, 2)


@pytest.mark.parametrize(
    "change",
    [
        "update theirs set word = '' where _position = 1",
        "update theirs set at = at + 1 where _position = 1",
        "delete from theirs where _position = 1",
        "update theirs set _key = '[' || 3 - _position || ']' where _position > 0",
    ],
)
def test_no_difference_goes_unseen(pair: psycopg.Connection, change: str) -> None:
    pair.execute(change.encode())
    assert read(pair, MINE) != read(pair, THEIRS)


def test_rows_tell_when_a_lap_begins_and_ends(pair: psycopg.Connection) -> None:
    gauge = Rows(pair, MINE, 10, 2)
    assert (gauge.begun(), gauge.ended()) == (3 / 0.8, False)
    pair.execute("insert into mine select '[9]', 9, null, null")
    assert not gauge.ended(), "one of two partitions is still out"
    pair.execute("insert into mine select '[8]', 8, null, null")
    assert gauge.ended()


def test_cpu_of_ourselves_and_our_children_is_found_in_proc() -> None:
    before = processes.cpu_s(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert processes.cpu_s(os.getpid()) > before
    assert processes.peak_rss_mb(os.getpid()) > 10


def test_a_wrong_word_for_a_benchmark_is_wrong_usage() -> None:
    assert command.bench("sink", only="P99") == 2
