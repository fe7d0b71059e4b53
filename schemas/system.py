"""The columns of ours beside the canonical ones: where a row came from and its place in history.

One list, used by the Avro schemas, the target's DDL and the open projection (DESIGN.md 2).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemColumn:
    """A column of ours: its name, its Avro type, its PostgreSQL type and what it says."""

    name: str
    avro: object
    sql: str
    title: str


_MICROS = {"type": "long", "logicalType": "timestamp-micros"}

CLEAN: tuple[SystemColumn, ...] = (
    SystemColumn(name="_key", avro="string", sql="text", title="Khóa nguồn, dạng mảng JSON"),
    SystemColumn(name="_source", avro="string", sql="text", title="Cơ sở dữ liệu nguồn"),
    SystemColumn(name="_generation", avro="int", sql="integer", title="Thế hệ của nguồn"),
    SystemColumn(name="_position", avro="long", sql="bigint", title="Vị trí trong nhật ký nguồn"),
    SystemColumn(name="_step", avro="long", sql="bigint", title="Bước trong cùng vị trí"),
    SystemColumn(name="_ruleset", avro="int", sql="integer", title="Phiên bản bộ quy tắc"),
    SystemColumn(
        name="_source_ts", avro=_MICROS, sql="timestamptz", title="Lúc ghi nhận tại nguồn"
    ),
    SystemColumn(
        name="_captured_ts", avro=_MICROS, sql="timestamptz", title="Lúc thu nhận thay đổi"
    ),
    SystemColumn(
        name="_flags",
        avro={"type": "array", "items": "string"},
        sql="text[]",
        title="Cảnh báo và những chỗ đã chuẩn hóa",
    ),
    SystemColumn(
        name="_originals",
        avro={"type": "map", "values": "string"},
        sql="jsonb",
        title="Giá trị gốc trước chuẩn hóa",
    ),
    SystemColumn(name="_hash", avro="string", sql="text", title="SHA-256 của các cột chuẩn"),
    SystemColumn(
        name="_raw", avro="string", sql="text", title="Bản ghi thô: topic:phân vùng:vị trí"
    ),
)
"""What a clean record carries after its canonical columns, in this order."""

TARGET: tuple[SystemColumn, ...] = (
    *CLEAN,
    SystemColumn(name="_at", avro="string", sql="text", title="Bản ghi sạch: phân vùng:vị trí"),
    SystemColumn(name="_deleted_at", avro=_MICROS, sql="timestamptz", title="Lúc bị xóa tại nguồn"),
)
"""What a row of the target carries: that of the clean record, and two columns of the sink's own."""

ORDER_KEY = ("_generation", "_position", "_step", "_ruleset")
"""Columns compared, in this order, to say which of two versions is newer (records.OrderKey)."""

_OPEN = (*ORDER_KEY, "_source_ts")

# Invariant 6
OPEN: tuple[SystemColumn, ...] = tuple(item for item in CLEAN if item.name in _OPEN)
"""What an open record carries after its public columns: no key, origin or original."""
