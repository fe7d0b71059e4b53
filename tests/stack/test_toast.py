"""A dataset is added to a running stack, and its long text is never lost (traps 2 and 11)."""

import random
import string
from typing import Any

import psycopg
import pytest
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until

TEXTS = VanBan("van_ban")
OLD = """
insert into thu.van_ban select n, 'C' || n, 'đã có từ trước', 1 from generate_series(1, 500) n
on conflict do nothing;
"""


@pytest.fixture(scope="module")
def source(stack: Stack) -> psycopg.Connection:
    """The department, once its new table flows: the contract is the only thing that was written."""
    connection = stack.justice()
    connection.execute(TEXTS.made + OLD)
    TEXTS.flow(stack)
    return connection


def row(stack: Stack, key: int) -> dict[str, Any] | None:
    """The provincial row of one text."""
    found = stack.one("select row_to_json(t) from clean.tp_van_ban t where _key = %s", f"[{key}]")
    return found[0] if found else None


def long_text(seed: int, length: int = 20_000) -> str:
    """Text that does not compress, so that it is stored out of line."""
    letters = random.Random(seed)
    return "".join(letters.choices(string.ascii_letters, k=length))


def test_rows_older_than_the_contract_are_loaded(stack: Stack, source: psycopg.Connection) -> None:
    assert source
    count = "select count(*) from clean.tp_van_ban where noi_dung = 'đã có từ trước'"
    until(lambda: stack.one(count) == (500,), seconds=60)


def test_a_long_text_survives_an_update_elsewhere(stack: Stack, source: psycopg.Connection) -> None:
    text = long_text(1)
    source.execute("insert into thu.van_ban values (1001, 'A', %s, 1)", (text,))
    source.execute("update thu.van_ban set trang = 2 where id = 1001")
    until(lambda: (found := row(stack, 1001)) and found["trang"] == 2)
    assert row(stack, 1001)["noi_dung"] == text  # type: ignore[index]  # Invariant 7


def test_a_long_text_survives_a_change_of_the_key(stack: Stack, source: psycopg.Connection) -> None:
    text = long_text(2)
    source.execute("insert into thu.van_ban values (1002, 'B', %s, 1)", (text,))
    source.execute("update thu.van_ban set id = 2002 where id = 1002")
    until(lambda: row(stack, 2002))
    assert row(stack, 2002)["noi_dung"] == text  # type: ignore[index]
    until(lambda: (found := row(stack, 1002)) and found["_deleted_at"])


def test_a_placeholder_that_still_arrives_is_refused_never_stored(
    stack: Stack, source: psycopg.Connection
) -> None:
    source.execute("alter table thu.van_ban replica identity default")
    try:
        source.execute("insert into thu.van_ban values (1003, 'C', %s, 1)", (long_text(3),))
        source.execute("update thu.van_ban set trang = 2 where id = 1003")
        item = (
            "select problems->0->>'code' from quarantine.item "
            "where dataset = 'tp_van_ban' and key = '[1003]' and status = 'open'"
        )
        until(lambda: stack.one(item) == ("envelope.toast_unresolved",))
        assert row(stack, 1003)["trang"] == 1  # type: ignore[index]
    finally:
        source.execute("alter table thu.van_ban replica identity full")


def test_a_row_of_five_megabytes_is_refused_beside_others(
    stack: Stack, source: psycopg.Connection
) -> None:
    with source.transaction():
        source.execute(
            "insert into thu.van_ban values (1004, 'D', %s, 1)", (long_text(4, 5_000_000),)
        )
        source.execute("insert into thu.van_ban values (1005, 'E', 'ngắn', 1)")
    item = (
        "select problems->0->>'code' from quarantine.item"
        " where dataset = 'tp_van_ban' and key = '[1004]' and status = 'open'"
    )
    until(lambda: row(stack, 1005))
    until(lambda: stack.one(item) == ("size.record",))
    assert row(stack, 1004) is None


def test_a_row_just_below_the_limit_with_its_original_beside_it_passes(
    stack: Stack, source: psycopg.Connection
) -> None:
    decomposed = "e\u0302\u0301" * 150_000  # 750 kB; in NFC a third, and the original is kept
    source.execute(
        "insert into thu.van_ban values (1006, 'F', %s, 1)", (long_text(5) + decomposed,)
    )
    until(lambda: row(stack, 1006))
    assert row(stack, 1006)["noi_dung"].endswith("\u1ebf" * 10)  # type: ignore[index]


def test_the_largest_row_with_all_its_originals_is_no_poison(
    stack: Stack, source: psycopg.Connection
) -> None:
    text = long_text(6, 1_000_000) + " "  # kept whole beside its trimmed form: 2 MB do not compress
    source.execute("insert into thu.van_ban values (1007, 'G', %s, 1)", (text,))
    until(lambda: row(stack, 1007))
    assert row(stack, 1007)["noi_dung"] == text.strip()  # type: ignore[index]
