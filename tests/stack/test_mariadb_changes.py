"""Every kind of change in MariaDB, to the province and, where it is open, to the portal."""

import json
import urllib.request
from typing import Any

import pymysql
import pytest
from support.products import insert_product
from support.stack import Stack
from support.waiting import until


@pytest.fixture
def source(stack: Stack) -> pymysql.Connection:
    """The department's MariaDB."""
    return stack.agriculture()


def product(stack: Stack, key: int) -> dict[str, Any] | None:
    """The provincial row of one product."""
    row = stack.one("select row_to_json(t) from clean.nnmt_ocop t where _key = %s", f"[{key}]")
    return row[0] if row else None


def stars(stack: Stack, key: int) -> int | None:
    """Stars of a live provincial product."""
    row = product(stack, key)
    return row["so_sao"] if row and not row["_deleted_at"] else None


def on_portal(stack: Stack, code: str) -> dict[str, Any] | None:
    """The product as the public reads it."""
    url = stack.env["portal"]["url"].rstrip("/") + "/data/nnmt_ocop.json"
    with urllib.request.urlopen(url, timeout=5) as answer:
        rows = json.load(answer)["rows"]
    return next((row for row in rows if row["ma_san_pham"] == code), None)


def execute(source: pymysql.Connection, statement: str, *values: object) -> None:
    """Run one statement and commit it."""
    with source.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_product_arrives_standardised_and_public(
    stack: Stack, source: pymysql.Connection
) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1001", sao=4, chu_the="HTX ChiÒng LÒ")
    until(lambda: stars(stack, key) == 4)
    row = product(stack, key)
    assert row is not None
    assert row["chu_the"] == "HTX Chiềng Lề"  # TCVN3 in a latin1 column, as declared
    assert row["ma_xa"] == "03646"
    assert row["ma_xa_he"] == "DVHC-2025"
    assert float(row["san_luong_nam"]) == 1234.5
    assert row["don_vi_san_luong"] == "kg"
    assert row["truy_xuat_nguon_goc"] is True
    shown = until(lambda: on_portal(stack, "OCOP-14-1001"))
    assert shown["so_sao"] == 4
    assert not {"nguoi_dai_dien", "dien_thoai", "_key"} & set(shown)  # Invariant 6


def test_an_update_reaches_the_portal_and_a_delete_withdraws_the_row(
    stack: Stack, source: pymysql.Connection
) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1002", sao=3)
    until(lambda: on_portal(stack, "OCOP-14-1002"))
    execute(source, "update ocop set sao = 5 where id = %s", key)
    until(lambda: (shown := on_portal(stack, "OCOP-14-1002")) and shown["so_sao"] == 5)
    execute(source, "delete from ocop where id = %s", key)
    until(lambda: on_portal(stack, "OCOP-14-1002") is None)
    until(lambda: (row := product(stack, key)) and row["_deleted_at"])


def test_a_product_of_a_private_person_is_never_public(
    stack: Stack, source: pymysql.Connection
) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1003", sao=3)
    until(lambda: on_portal(stack, "OCOP-14-1003"))
    execute(source, "update ocop set loai_ct = 'CN' where id = %s", key)
    until(lambda: on_portal(stack, "OCOP-14-1003") is None)
    until(lambda: (row := product(stack, key)) and row["loai_chu_the"] == "ca_nhan")


def test_a_statement_that_touches_one_key_twice_ends_in_its_last_value(
    stack: Stack, source: pymysql.Connection
) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1004", sao=3)
    until(lambda: stars(stack, key) == 3)
    columns = "id, ma_sp, ten_sp, sao"
    execute(
        source,
        f"insert into ocop ({columns}) values (%s, 'x', 'x', 4), (%s, 'x', 'x', 5) "  # noqa: S608
        "on duplicate key update sao = values(sao)",
        key,
        key,
    )
    until(lambda: stars(stack, key) == 5)


def test_a_zero_date_is_empty_and_then_missing(stack: Stack, source: pymysql.Connection) -> None:
    execute(source, "set session sql_mode = ''")
    key = insert_product(source, ma_sp="OCOP-14-1005", ngay_cn="0000-00-00")
    found = (
        "select problems from quarantine.item where dataset = 'nnmt_ocop' and key = %s "
        "and status = 'open'"
    )
    (problems,) = until(lambda: stack.one(found, f"[{key}]"))
    assert ("ngay_cong_nhan", "field.missing") in {(one["field"], one["code"]) for one in problems}


def test_null_is_written_over_a_value(stack: Stack, source: pymysql.Connection) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1006", sdt="0912000001")
    until(lambda: (row := product(stack, key)) and row["dien_thoai"] == "+84912000001")
    execute(source, "update ocop set sdt = null where id = %s", key)
    until(lambda: (row := product(stack, key)) and row["dien_thoai"] is None)  # Invariant 7


def test_a_transaction_held_open_across_a_load_wins_over_the_snapshot_row(
    stack: Stack, source: pymysql.Connection
) -> None:
    key = insert_product(source, ma_sp="OCOP-14-1007", sao=3)
    until(lambda: stars(stack, key) == 3)
    before = product(stack, key)
    assert before is not None
    held = stack.agriculture()
    held.autocommit(False)  # noqa: FBT003  PyMySQL's own signature
    execute(held, "update ocop set sao = 5 where id = %s", key)
    execute(
        source,
        "insert into cdc.signal values (%s, 'execute-snapshot', %s)",
        "held-open-mariadb",
        '{"data-collections":["so_nnmt.ocop"],"type":"incremental"}',
    )
    until(lambda: product(stack, key)["_position"] > before["_position"])  # type: ignore[index]
    held.commit()
    until(lambda: stars(stack, key) == 5)


def test_capture_goes_on_after_connect_was_killed(stack: Stack, source: pymysql.Connection) -> None:
    stack.restart("connect")
    key = insert_product(source, ma_sp="OCOP-14-1008", sao=4)
    until(lambda: stars(stack, key) == 4, 60)  # its schema history can be read again
