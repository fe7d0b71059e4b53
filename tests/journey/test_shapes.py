"""Tables that change their shape and keys that move, in the stream."""

import psycopg
import pytest
from support.loading import Load, NoLoad
from support.proof import Sampler, prove
from support.registers import MARRIAGE, Clerk, insert
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until, until_equal
from support.witness import Witness

TEXTS = VanBan("doi_hinh")
NAME = TEXTS.name
Rows = dict[str, tuple[str, int]]


@pytest.fixture(scope="module")
def source(stack: Stack) -> psycopg.Connection:
    """The department, once a table of this module's own flows."""
    connection = stack.justice()
    connection.execute(TEXTS.made)
    TEXTS.flow(stack)
    connection.execute("insert into thu.doi_hinh values (1, 'A1', 'một', 1), (2, 'A2', 'hai', 1)")
    until(lambda: len(held(stack)) == 2, 60)
    return connection


def held(stack: Stack) -> Rows:
    """Live provincial rows."""
    rows = stack.all(f"select _key, ma, trang from clean.{NAME} where _deleted_at is null")  # noqa: S608
    return {key: (ma, trang) for key, ma, trang in rows}


def committed(source: psycopg.Connection) -> Rows:
    """The department's rows, in its shape of now, which is that of the contract again."""
    rows = source.execute("select id, ma, trang::int from thu.doi_hinh").fetchall()
    return {f"[{number}]": (ma, trang) for number, ma, trang in rows}


def paused(stack: Stack) -> bool:
    """Whether the dataset stands still."""
    return any(
        one["dataset"] == NAME and one["state"] == "paused" for one in stack.json("dataset", "list")
    )


def settle(stack: Stack, source: psycopg.Connection) -> None:
    """The table has its shape again: each row is touched once, and the province equals it.

    The test's own rows are taken away again.
    """
    if paused(stack):
        stack.suoi("dataset", "resume", NAME, "--reason", "đã sửa ở nguồn")
    source.execute("update thu.doi_hinh set noi_dung = noi_dung || '.'")
    until_equal(lambda: held(stack), committed(source), 60)
    source.execute("delete from thu.doi_hinh where id >= 10")
    until_equal(lambda: held(stack), committed(source), 60)
    until(lambda: stack.suoi("ledger", "check", check=False).returncode == 0)  # Invariant 2


def test_a_mandatory_column_renamed_stops_its_dataset_and_no_other(
    stack: Stack,
    source: psycopg.Connection,
    witness: Witness,
    clerk: Clerk,
    beside: Load | NoLoad,
) -> None:
    beside.begin()
    source.execute("alter table thu.doi_hinh rename column ma to ma_moi")
    source.execute("insert into thu.doi_hinh values (10, 'R1', 'ba', 1), (11, 'R2', 'bốn', 1)")
    until(lambda: paused(stack))  # Invariant 10
    busy = clerk.changes
    until(lambda: clerk.changes > busy + 20)
    beside.finish()
    clerk.stop()
    prove(stack, witness)
    source.execute("alter table thu.doi_hinh rename column ma_moi to ma")
    settle(stack, source)


def test_a_column_of_another_type_loses_no_row(
    stack: Stack, source: psycopg.Connection, beside: Load | NoLoad
) -> None:
    beside.begin()
    source.execute("alter table thu.doi_hinh alter column trang type text using trang::text")
    source.execute(
        "insert into thu.doi_hinh values (20, 'T1', 'năm', 'không rõ'), (21, 'T2', 'sáu', '7')"
    )
    known = "select count(distinct key) from quarantine.item where dataset = %s and key = '[20]'"
    until(lambda: paused(stack) or stack.one(known, NAME) == (1,) or "[20]" in held(stack))
    source.execute("update thu.doi_hinh set trang = '3' where id = 20")
    source.execute("alter table thu.doi_hinh alter column trang type int using trang::int")
    beside.finish()
    settle(stack, source)


def test_a_shape_that_changes_inside_a_transaction_loses_no_row(
    stack: Stack, source: psycopg.Connection, beside: Load | NoLoad
) -> None:
    beside.begin()
    with source.transaction():
        source.execute("insert into thu.doi_hinh values (30, 'M1', 'bảy', 1)")
        source.execute("alter table thu.doi_hinh add column them text default 'x'")
        source.execute("insert into thu.doi_hinh values (31, 'M2', 'tám', 1, 'y')")
        source.execute("update thu.doi_hinh set trang = trang + 1 where id = 30")
        source.execute("alter table thu.doi_hinh drop column them")
        source.execute("insert into thu.doi_hinh values (32, 'M3', 'chín', 1)")
    beside.finish()
    settle(stack, source)


def test_two_rows_that_swap_their_keys_keep_their_contents(
    stack: Stack,
    witness: Witness,
    clerk: Clerk,
    sampler: Sampler,
    beside: Load | NoLoad,
) -> None:
    with stack.justice() as department:
        for number, version in ((910_001, "W1"), (910_002, "W2")):
            row = MARRIAGE | {"so_tt": number, "so_ban_an": version}
            insert(department, "ho_tich.ket_hon", row)
        beside.begin()
        move = "update ho_tich.ket_hon set so_tt = %s where so_tt = %s"
        with department.transaction():
            for new, old in ((910_003, 910_001), (910_001, 910_002), (910_002, 910_003)):
                department.execute(move, (new, old))
    swapped = "select so_ban_an from clean.tp_ket_hon where _key = %s and _deleted_at is null"
    until(lambda: stack.one(swapped, '["03646",2026,910001]') == ("W2",))
    until(lambda: stack.one(swapped, '["03646",2026,910002]') == ("W1",))
    beside.finish()
    clerk.stop()
    prove(stack, witness)
    sampler.stop()
    with stack.justice() as department:
        department.execute("delete from ho_tich.ket_hon where so_tt > 910000")
