"""Defects of the practitioners' book, and of the communes' attestations."""

from dataclasses import replace
from datetime import date, datetime

from schemas.records import Row
from suoi.demo.defects.kind import Spoil, lookalike, of, puts, texts
from suoi.demo.desk import Desk

PRACTITIONERS, ATTESTATIONS = "tp_luat_su_cong_chung", "tp_xac_nhan"

_PRACTITIONERS: dict[str, tuple[str, str, Spoil]] = {
    "no practice": ("field.missing", "to_chuc", puts(ten_to_chuc="chưa có")),
    "no name": ("field.missing_conditional", "ho_ten", puts(ho_ten=None)),
    "organisation without tax code": (
        "field.missing_conditional",
        "ma_so_thue_to_chuc",
        puts(loai="TC", mst=None),
    ),
    "kind unknown": ("code.unknown", "loai_hanh_nghe", puts(loai="XX")),
    "state unknown": ("code.unknown", "trang_thai", puts(tt=7)),
    "commune of the old list": ("code.unknown", "ma_xa", puts(ma_xa="03649")),
    "check digit wrong": ("id.mst_checksum", "ma_so_thue_to_chuc", puts(mst="5500000015")),
    "tax code of nine digits": ("id.mst_shape", "ma_so_thue_to_chuc", puts(mst="550000001")),
    "granted in the future": ("date.range", "ngay_cap", puts(ngay_cap=date(2099, 1, 1))),
    "eleven digits": ("id.cccd_shape", "so_dinh_danh", puts(sddcn="09918000007")),
    "number of another year": (
        "id.cccd_conflict_legacy",
        "so_dinh_danh",
        puts(sddcn="099180000007", ngay_sinh=date(1971, 2, 3)),
    ),
    "telephone too short": ("phone.shape", "dien_thoai", puts(dt_vp="113")),
    "Cyrillic letter in a name": ("text.homoglyph", "ho_ten", lookalike("ho_ten")),
    **texts("dia_chi", "dia_chi_to_chuc"),
}


def _old_commune(row: Row, desk: Desk) -> None:
    """An attestation under a code that only the old list has: one for each of the new."""
    new = [place.code for place in desk.places.new]
    old = [place.code for place in desk.places.old if place.code not in new]
    row["ma_xa"] = old[new.index(row["ma_xa"])]


_ATTESTATIONS: dict[str, tuple[str, str, Spoil]] = {
    "nobody's name": ("field.missing", "nguoi_xn", puts(nguoi_xn="...")),
    "commune of the old list": ("code.unknown", "ma_xa", _old_commune),
    "said in the future": ("date.range", "luc_xn", puts(luc_xn=datetime(2099, 1, 1))),  # noqa: DTZ001  local time
    "Cyrillic letter in a name": ("text.homoglyph", "nguoi_xn", lookalike("nguoi_xn")),
    **texts("nguoi_xn", "nguoi_xn"),
}

DEFECTS = (
    *of(PRACTITIONERS, _PRACTITIONERS),
    *(replace(one, in_key=one.spoil is _old_commune) for one in of(ATTESTATIONS, _ATTESTATIONS)),
)
