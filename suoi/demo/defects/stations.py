"""Defects of the stations' readings."""

from dataclasses import replace
from datetime import datetime, timedelta

from schemas.records import Row
from suoi.demo.defects.kind import Spoil, of, puts, texts
from suoi.demo.desk import Desk

READINGS = "nnmt_quan_trac"


def _unknown_parameter(row: Row, _desk: Desk) -> None:
    row["thong_so"] = f"{row['thong_so']} x"


def _received_before(row: Row, _desk: Desk) -> None:
    """The server's clock is an hour behind the station's."""
    row["nhan_luc"] = row["thoi_diem"] - timedelta(hours=1)


_READINGS: dict[str, tuple[str, str, Spoil]] = {
    "no flag": ("field.missing", "co_chat_luong", puts(co=None)),
    "signal lost, no error said": ("field.missing_conditional", "gia_tri", puts(gia_tri=-9999.0)),
    "value without unit": ("field.missing_conditional", "don_vi", puts(don_vi=None)),
    "parameter unknown": ("code.unknown", "thong_so", _unknown_parameter),
    "unit unknown": ("code.unknown", "don_vi", puts(don_vi="phần")),
    "flag unknown": ("code.unknown", "co_chat_luong", puts(co="77")),
    "value beyond the meter": ("number.range", "gia_tri", puts(gia_tri=5e6)),
    "value that cannot be": ("number.range", "gia_tri", puts(gia_tri=-50.0)),
    "unit of something else": ("rule.unit_mismatch", "don_vi", puts(don_vi="kg")),
    "received before it was measured": ("rule.date_order", "thoi_diem", _received_before),
    "received in the future": ("date.range", "nhan_luc", puts(nhan_luc=datetime(2099, 1, 1))),  # noqa: DTZ001  local time
    "station in the south": ("geo.outside_province", "vi_do", puts(vi_do="10.776000")),
    "Cyrillic letter in a unit": ("text.homoglyph", "don_vi", puts(don_vi="\u043cg/l")),
    "zero character": ("text.nul", "ten_tram", puts(ten_tram="Trạm\u0000 1")),
    **texts("ten_tram", "ten_tram"),
}

DEFECTS = tuple(
    replace(one, in_key=one.spoil is _unknown_parameter) for one in of(READINGS, _READINGS)
)
