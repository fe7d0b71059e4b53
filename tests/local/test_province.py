"""The provincial sink against a real PostgreSQL: guarded, counted, moved, or nothing at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.deliveries import DAY_US, NOON, OCOP, KnownSchemas, Pen, Writer
from support.plain_postgres import Server, plain_province
from support.waiting import until

from consumers.province import Province
from infra import faults
from infra.errors import Fatal, NotOwner, Transient
from infra.kafka_reader import Place
from infra.migrations import make_tables, migrate
from infra.postgres import Database
from schemas import topics

Sinks = Callable[[], Pen]
PLACE = Place(topics.clean(OCOP), 0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with plain_province(OCOP) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "truncate clean.nnmt_ocop, ledger.progress, ledger.seen, ledger.outcome, ledger.count"
        )


@pytest.fixture
def sink(server: Server) -> Iterator[Sinks]:
    """Makes sinks of one group; each has its own connection, closed with the test."""
    databases: list[Database] = []

    def make() -> Pen:
        databases.append(Database("test", server.dsn("province_sink")))
        pen = Pen(Province(databases[-1], KnownSchemas(), [OCOP]))
        pen.begin(PLACE)
        return pen

    yield make
    for database in databases:
        database.close()


def ask(server: Server, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.dsn()) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def set_limit(server: Server, limit: str) -> None:
    statement = "alter role province_sink set idle_in_transaction_session_timeout = '{}'"
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(statement.format(limit))  # type: ignore[arg-type]


def outcomes(server: Server) -> dict[str, int]:
    return dict(ask(server, "select outcome, n from ledger.outcome"))  # type: ignore[arg-type]


def stars(server: Server) -> dict[str, int]:
    query = "select _key, so_sao from clean.nnmt_ocop where _deleted_at is null"
    return dict(ask(server, query))  # type: ignore[arg-type]


def test_a_row_arrives_with_every_kind_of_value(server: Server, sink: Sinks) -> None:
    facts = {
        "ngay_cong_nhan": 19_000,
        "san_luong_nam": (-1_234_500).to_bytes(4, "big", signed=True),
        "truy_xuat_nguon_goc": True,
        "cap_nhat_luc": NOON + 123_456,
        "_flags": ["CODE_MAPPED:ma_xa", 'quoted "\\ ,{}:x'],
        "_originals": {"ma_xa": "3646"},
    }
    sink().write(Writer().clean(1, 10, **facts))
    (row,) = ask(
        server,
        "select so_sao, ngay_cong_nhan::text, san_luong_nam::text, truy_xuat_nguon_goc,"
        " nhom_san_pham, extract(epoch from cap_nhat_luc)::text, _flags,"
        " _originals, _raw, _at, _deleted_at,"
        " _generation, _position, _step, _ruleset from clean.nnmt_ocop",
    )
    assert row == (
        4, "2022-01-08", "-1234.500", True, None, f"{NOON // 1_000_000}.123456",
        ["CODE_MAPPED:ma_xa", 'quoted "\\ ,{}:x'], {"ma_xa": "3646"},
        f"{topics.raw(OCOP)}:0:0", "0:0", None, 1, 10, 0, 1,
    )  # fmt: skip


def test_null_is_written_over_a_value(server: Server, sink: Sinks) -> None:  # Invariant 7
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10))
    pen.write(writer.clean(1, 11, so_sao=None))
    assert stars(server) == {"[1]": None}


def test_an_older_change_never_revives_a_deleted_row(
    server: Server, sink: Sinks
) -> None:  # Invariant 4
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10))
    pen.write(writer.clean_gone(1, 30))
    pen.write(writer.clean(1, 20))
    assert stars(server) == {}
    assert outcomes(server) == {"applied": 2, "superseded": 1}


def test_a_delete_of_a_key_never_seen_still_guards_it(server: Server, sink: Sinks) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean_gone(5, 30))
    pen.write(writer.clean(5, 20))
    assert stars(server) == {}
    (row,) = ask(server, "select ten, _flags, _hash, _deleted_at is null from clean.nnmt_ocop")
    assert row == (None, [], None, False)


def test_a_key_deleted_and_inserted_again_lives(server: Server, sink: Sinks) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10), writer.clean_gone(1, 20), writer.clean(1, 30, so_sao=5))
    assert stars(server) == {"[1]": 5}
    assert outcomes(server) == {"applied": 1, "superseded": 2}


def test_the_same_change_sent_twice_by_the_source_is_replayed(server: Server, sink: Sinks) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10), writer.clean(1, 10))
    pen.write(writer.clean(1, 10))
    assert outcomes(server) == {"applied": 1, "replayed": 2}


def test_a_newer_ruleset_wins_at_the_same_place(server: Server, sink: Sinks) -> None:
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10, so_sao=3))
    pen.write(writer.clean(1, 10, so_sao=5, _ruleset=2))
    assert stars(server) == {"[1]": 5}


def test_a_repeat_of_streams_is_neither_written_nor_counted(
    server: Server, sink: Sinks
) -> None:  # Invariant 2
    pen, writer = sink(), Writer()
    pen.write(writer.clean(1, 10, raw=0), writer.clean(2, 11, raw=1))
    pen.write(writer.clean(1, 10, raw=0), writer.clean(2, 11, raw=1), writer.clean(3, 12, raw=2))
    assert outcomes(server) == {"applied": 3}
    again = sink()  # a successor knows it from the ledger
    again.write(writer.clean(3, 12, raw=2))
    assert outcomes(server) == {"applied": 3}


def test_counts_fall_into_the_window_of_their_commit(server: Server, sink: Sinks) -> None:
    cut_off = NOON + DAY_US * 10 // 24
    writer = Writer()
    sink().write(
        writer.clean(1, 10, _source_ts=cut_off),
        writer.clean(2, 11, _source_ts=cut_off + 1),
        writer.clean_gone(3, 12),
    )
    rows = ask(server, "select day::text, scope, op, outcome, n from ledger.count order by 1, 3")
    assert rows == [
        ("2024-10-04", "unassigned", "d", "applied", 1),
        ("2024-10-04", "unassigned", "u", "applied", 1),
        ("2024-10-05", "unassigned", "u", "applied", 1),
    ]


def test_an_owner_overtaken_writes_and_counts_nothing(
    server: Server, sink: Sinks
) -> None:  # Invariants 1, 3
    writer = Writer()
    late, other = sink(), sink()
    first, second = writer.clean(1, 10), writer.clean(1, 20, so_sao=5)
    other.write(first)
    with pytest.raises(NotOwner):
        late.write(first, second)
    assert stars(server) == {"[1]": 4}
    assert outcomes(server) == {"applied": 1}
    other.write(second)
    assert outcomes(server) == {"applied": 2}


def test_a_frozen_owner_inside_its_transaction_is_put_out(
    server: Server, sink: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limit(server, "1s")
    writer = Writer()
    frozen, successor = sink(), sink()
    record = writer.clean(1, 10)

    def take_over(point: str) -> None:
        if point == "province.before_commit":  # while the first one sleeps in its transaction
            monkeypatch.setattr(faults, "point", lambda _: None)
            successor.write(record)

    monkeypatch.setattr(faults, "point", take_over)
    with pytest.raises(Transient):
        frozen.write(record)
    with pytest.raises(NotOwner):  # the places are read before anything else: it had not written
        frozen.sink.write(frozen.batch(record, writer.clean(2, 11)))
    assert outcomes(server) == {"applied": 1}


def test_a_session_frozen_between_two_statements_is_put_out(server: Server, sink: Sinks) -> None:
    set_limit(server, "1s")
    successor, writer = sink(), Writer()

    def alone() -> bool:
        successor.begin(PLACE)
        rows = ask(server, "select 1 from pg_stat_activity where usename = 'province_sink'")
        return len(rows) == 1

    frozen = psycopg.connect(server.dsn("province_sink"))
    pipeline = frozen.pipeline()
    pipeline.__enter__()
    taken = frozen.execute("update ledger.progress set next = next returning 1")
    assert taken.fetchone() == (1,)  # by a bare Flush: the server runs no timer now
    assert not alone()
    until(alone)
    frozen.close()
    successor.write(writer.clean(1, 10))
    assert outcomes(server) == {"applied": 1}


def test_an_answer_lost_after_commit_is_not_written_again(
    server: Server, sink: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    pen, writer = sink(), Writer()
    batch = pen.batch(writer.clean(1, 10))
    commit = psycopg.Connection.commit

    def lost(connection: psycopg.Connection[Any]) -> None:
        commit(connection)
        if connection.info.user == "province_sink":
            monkeypatch.setattr(psycopg.Connection, "commit", commit)
            message = "the connection broke before the answer came"
            raise psycopg.OperationalError(message)

    monkeypatch.setattr(psycopg.Connection, "commit", lost)
    with pytest.raises(Transient):
        pen.sink.write(batch)
    assert pen.sink.write(batch) == {}
    assert outcomes(server) == {"applied": 1}


def test_a_server_killed_in_the_middle_of_a_batch_loses_nothing(
    server: Server, sink: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 8
    pen, writer = sink(), Writer()
    batch = pen.batch(writer.clean(1, 10))

    def strike(point: str) -> None:
        if point == "province.before_commit":
            monkeypatch.setattr(faults, "point", lambda _: None)
            server.kill()

    monkeypatch.setattr(faults, "point", strike)
    with pytest.raises(Transient):
        pen.sink.write(batch)
    with pytest.raises(Transient):
        pen.sink.write(batch)
    server.start()
    until(lambda: pen.sink.write(batch))
    assert outcomes(server) == {"applied": 1}


def test_a_table_that_lags_behind_its_contract_is_named(server: Server, sink: Sinks) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("alter table clean.nnmt_ocop drop column so_sao")
        with pytest.raises(Fatal, match="42703"):
            sink().write(Writer().clean(1, 10))
        assert make_tables(connection, [OCOP]) == ["clean.nnmt_ocop.so_sao"]


def test_the_sink_enters_with_no_more_than_it_needs(server: Server) -> None:
    for query in (
        "delete from clean.nnmt_ocop",
        "select problems from quarantine.item",
        "delete from quarantine.item",
        "create table clean.mine (x int)",
    ):
        with (
            psycopg.connect(server.dsn("province_sink")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(query)


def test_migrations_run_once_and_refuse_a_changed_file(server: Server, tmp_path: Path) -> None:
    with psycopg.connect(server.dsn()) as connection:
        assert migrate(connection, "pre") == []
        (tmp_path / "0002_post_nothing.sql").write_text("select 1;")
        assert migrate(connection, "post", tmp_path) == ["0002_post_nothing"]
        (tmp_path / "0002_post_nothing.sql").write_text("select 2;")
        with pytest.raises(Fatal, match="0002_post_nothing"):
            migrate(connection, "post", tmp_path)
