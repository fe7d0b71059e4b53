"""Invented OCOP products in the department's MariaDB."""

from typing import Any

import pymysql

PRODUCT: dict[str, Any] = {
    "ma_sp": "OCOP-14-0001",
    "ten_sp": "Chè Shan tuyết ví dụ",
    "chu_the": "HTX Vi Du",
    "loai_ct": "HTX",
    "nguoi_dd": "Lò Văn Ví Dụ",
    "sdt": "0912000001",
    "nhom": 2,
    "sao": 3,
    "so_qd": "12/QĐ-UBND",
    "ngay_cn": "2025-08-01",
    "ngay_hh": "2028-08-01",
    "ma_xa": 3646,
    "ten_xa": "Phường Tô Hiệu",
    "san_luong": "1.234,5",
    "dvt": "kg",
    "truy_xuat": 1,
    "trang_thai": "còn hiệu lực",
}


def insert_product(connection: pymysql.Connection, **changes: Any) -> int:  # noqa: ANN401
    """Insert one product; returns its id."""
    row = PRODUCT | changes
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"insert into ocop ({names}) values ({marks})", tuple(row.values()))  # noqa: S608
        return int(cursor.lastrowid)


def remove_products(connection: pymysql.Connection, prefix: str) -> None:
    """Delete the products whose code begins so."""
    with connection.cursor() as cursor:
        cursor.execute("delete from ocop where ma_sp like %s", (prefix + "%",))
