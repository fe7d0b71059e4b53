"""Every kind of change a clerk can commit in PostgreSQL, all the way to the province."""

from typing import Any

import psycopg
import pytest
from support.proof import prove
from support.registers import DEATH, MARRIAGE, insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until
from support.witness import Witness

BIRTHS, MARRIAGES = "ho_tich.khai_sinh", "ho_tich.ket_hon"


@pytest.fixture
def clerk(stack: Stack, witness: Witness) -> psycopg.Connection:
    """The department's database, with the witness already listening."""
    assert witness.events() is not None
    return stack.justice()


def birth(stack: Stack, key: int) -> dict[str, Any] | None:
    """The provincial row of one birth; None where there is none yet."""
    row = stack.one("select row_to_json(t) from clean.tp_khai_sinh t where _key = %s", f"[{key}]")
    return row[0] if row else None


def version(stack: Stack, key: int) -> str | None:
    """The version of a live provincial birth."""
    row = birth(stack, key)
    return row["so_giay_chung_sinh"] if row and not row["_deleted_at"] else None


def gone(stack: Stack, key: int) -> bool:
    """The provincial row is a tombstone that holds no value of the person's."""
    row = birth(stack, key)
    return bool(row and row["_deleted_at"] and row["ten"] is None)


def open_items(stack: Stack, dataset: str, key: str) -> list[list[dict[str, str]]]:
    """Problems of the open quarantine items of one key."""
    rows = stack.all(
        "select problems from quarantine.item where dataset = %s and key = %s and status = 'open'",
        dataset,
        key,
    )
    return [row[0] for row in rows]


def test_an_insert_arrives_standardised(stack: Stack, clerk: psycopg.Connection) -> None:
    key = insert(clerk, BIRTHS, BIRTH | {"so_ks": " 0386 / 2026", "gt": "nu", "so_gcs": "I1"})
    until(lambda: version(stack, key) == "I1")
    row = birth(stack, key)
    assert row is not None
    assert row["so_dang_ky"] == "386/2026"
    assert row["gioi_tinh"] == "2"
    assert row["dan_toc"] == "thai"
    assert row["quoc_tich"] == "VN"
    assert row["co_quan_dang_ky"] == "03646"
    assert row["co_quan_dang_ky_he"] == "DVHC-2025"
    assert row["me_ngay_sinh"] == "1998"
    assert row["ngay_dang_ky"] == "2026-01-05"
    assert row["_source"] == "so_tu_phap"
    assert row["_generation"] == 1


def test_an_update_replaces_and_a_delete_leaves_an_empty_tombstone(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "U1"})
    clerk.execute("update ho_tich.khai_sinh set so_gcs = 'U2' where id = %s", (key,))
    until(lambda: version(stack, key) == "U2")
    clerk.execute("delete from ho_tich.khai_sinh where id = %s", (key,))
    until(lambda: gone(stack, key))


def test_null_is_written_over_a_value(stack: Stack, clerk: psycopg.Connection) -> None:
    key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "N1", "dem": "Thị"})
    until(lambda: version(stack, key) == "N1")
    clerk.execute("update ho_tich.khai_sinh set dem = null, so_gcs = 'N2' where id = %s", (key,))
    until(lambda: version(stack, key) == "N2")
    assert birth(stack, key)["chu_dem"] is None  # type: ignore[index]  # Invariant 7


def test_null_over_a_column_with_a_default_is_null_not_the_default(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    row = DEATH | {"uuid": "00000000-0000-4000-8000-000000000001"}
    insert(clerk, "ho_tich.khai_tu", row)
    key = f'["{row["uuid"]}"]'
    until(lambda: stack.one("select 1 from clean.tp_khai_tu where _key = %s", key))
    clerk.execute("update ho_tich.khai_tu set quoc_tich = null where uuid = %s", (row["uuid"],))
    until(lambda: open_items(stack, "tp_khai_tu", key))
    codes = {problem["code"] for problem in open_items(stack, "tp_khai_tu", key)[0]}
    assert "field.missing" in codes  # the column's default is VN; Debezium would send it


def test_a_changed_key_is_a_delete_and_an_insert(stack: Stack, clerk: psycopg.Connection) -> None:
    insert(clerk, MARRIAGES, MARRIAGE | {"so_tt": 900_001, "so_ban_an": "K1"})
    old, new = '["03646",2026,900001]', '["03646",2026,900002]'
    until(lambda: stack.one("select 1 from clean.tp_ket_hon where _key = %s", old))
    clerk.execute("update ho_tich.ket_hon set so_tt = 900002 where so_tt = 900001")
    until(lambda: stack.one("select 1 from clean.tp_ket_hon where _key = %s", new))
    until(
        lambda: stack.one(
            "select 1 from clean.tp_ket_hon where _key = %s and _deleted_at is not null", old
        )
    )


def test_a_key_deleted_and_inserted_again_lives(stack: Stack, clerk: psycopg.Connection) -> None:
    row = MARRIAGE | {"so_tt": 900_003, "so_ban_an": "R1"}
    with clerk.transaction():
        insert(clerk, MARRIAGES, row)
        clerk.execute("delete from ho_tich.ket_hon where so_tt = 900003")
        insert(clerk, MARRIAGES, row | {"so_ban_an": "R2"})
    found = (
        "select so_ban_an from clean.tp_ket_hon where _key = %s and _deleted_at is null and "
        "so_ban_an = 'R2'"
    )
    until(lambda: stack.one(found, '["03646",2026,900003]'))


def test_a_bad_row_waits_in_quarantine_until_the_clerk_corrects_it(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    bad = {"nyc_hoten": None, "me_ns": "12/04/98", "so_gcs": "Q1"}
    key = insert(clerk, BIRTHS, BIRTH | bad)
    until(lambda: open_items(stack, "tp_khai_sinh", f"[{key}]"))
    (problems,) = open_items(stack, "tp_khai_sinh", f"[{key}]")
    assert [(one["field"], one["code"]) for one in problems] == [
        ("me_ngay_sinh", "date.two_digit_year"),
        ("nguoi_di_khai_ho_ten", "field.missing"),
    ]  # Invariant 5
    assert all(one["message"] and "{" not in one["message"] for one in problems)
    assert birth(stack, key) is None
    clerk.execute(
        "update ho_tich.khai_sinh set nyc_hoten = 'Lò Văn Ví Dụ', me_ns = '12/04/1998' "
        "where id = %s",
        (key,),
    )
    until(lambda: version(stack, key) == "Q1")
    until(lambda: not open_items(stack, "tp_khai_sinh", f"[{key}]"))
    status = "select status from quarantine.item where dataset = 'tp_khai_sinh' and key = %s"
    assert stack.one(status, f"[{key}]") == ("fixed_at_source",)


def test_text_in_nfd_arrives_in_nfc(stack: Stack, clerk: psycopg.Connection) -> None:
    decomposed = "Phu\u031bo\u031b\u0300ng Chie\u0302\u0300ng Co\u031bi"
    key = insert(clerk, BIRTHS, BIRTH | {"que_quan": decomposed, "so_gcs": "T1"})
    until(lambda: version(stack, key) == "T1")
    row = birth(stack, key)
    assert row is not None
    assert row["que_quan"] == "Phường Chiềng Cơi"
    assert "NFC:que_quan" in row["_flags"]
    other = insert(clerk, BIRTHS, BIRTH | {"que_quan": "Phường Chiềng Cơi", "so_gcs": "T2"})
    until(lambda: version(stack, other) == "T2")
    assert birth(stack, other)["que_quan"] == row["que_quan"]  # type: ignore[index]


def test_a_transaction_held_open_across_a_load_wins_over_the_snapshot_row(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "H1"})
    until(lambda: version(stack, key) == "H1")
    held = psycopg.connect(stack.justice_dsn)
    held.execute("update ho_tich.khai_sinh set so_gcs = 'H2' where id = %s", (key,))
    before = birth(stack, key)
    assert before is not None
    clerk.execute(
        "insert into cdc.signal values (%s, 'execute-snapshot', %s)",
        (
            "held-open",
            '{"data-collections":["ho_tich.khai_sinh"],"type":"incremental"}',
        ),
    )
    until(lambda: birth(stack, key)["_position"] > before["_position"])  # type: ignore[index]
    held.commit()
    until(lambda: version(stack, key) == "H2")
    held.close()


def test_a_truncate_is_held_and_nothing_is_deleted(stack: Stack, clerk: psycopg.Connection) -> None:
    row = DEATH | {"uuid": "00000000-0000-4000-8000-000000000002"}
    insert(clerk, "ho_tich.khai_tu", row)
    living = "select count(*) from clean.tp_khai_tu where _deleted_at is null"
    arrived = "select 1 from clean.tp_khai_tu where _key = %s and _deleted_at is null"
    until(lambda: stack.one(arrived, f'["{row["uuid"]}"]'))
    before = stack.one(living)
    clerk.execute("truncate ho_tich.khai_tu")
    waiting = (
        "select problems->0->>'code' from quarantine.item "
        "where dataset = 'tp_khai_tu' and key is null and status = 'open'"
    )
    until(lambda: stack.one(waiting) == ("envelope.truncate",))
    assert stack.one(living) == before


def test_a_column_added_in_the_middle_of_the_stream_is_a_flag_not_a_failure(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    clerk.execute("alter table ho_tich.khai_sinh add column ghi_them varchar(20) default 'x'")
    try:
        key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "D1"})
        until(lambda: version(stack, key) == "D1")
        flags = birth(stack, key)["_flags"]  # type: ignore[index]
        assert "schema.unknown_field:ghi_them" in flags
    finally:
        clerk.execute("alter table ho_tich.khai_sinh drop column ghi_them")
    key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "D2"})
    until(lambda: version(stack, key) == "D2")


def test_five_megabytes_in_a_column_that_is_not_taken_never_leave_the_department(
    stack: Stack, clerk: psycopg.Connection
) -> None:
    with clerk.transaction():
        small = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "M1", "ghi_chu": "x" * 5_000_000})
        other = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "M2"})
    until(lambda: version(stack, other) == "M2")
    until(lambda: version(stack, small) == "M1")


def test_a_transaction_of_twenty_thousand_rows_arrives_whole_and_goes(
    stack: Stack, clerk: psycopg.Connection, witness: Witness
) -> None:
    columns = ", ".join(name for name in BIRTH if name != "so_gcs")
    key = insert(clerk, BIRTHS, BIRTH | {"so_gcs": "L0"})
    clerk.execute(
        f"insert into ho_tich.khai_sinh ({columns}, so_gcs) "  # noqa: S608  our own names
        f"select {columns}, 'L' || n from ho_tich.khai_sinh, generate_series(1, 20000) n "
        "where id = %s",
        (key,),
    )
    arrived = "select count(*) from clean.tp_khai_sinh where so_giay_chung_sinh like 'L%%'"
    until(lambda: stack.one(arrived) == (20_001,), seconds=120)
    clerk.execute("delete from ho_tich.khai_sinh where so_gcs like 'L%'")
    prove(stack, witness, seconds=120)
