"""Defects of enterprises and of household businesses."""

from dataclasses import replace
from datetime import date, timedelta

from schemas.records import Row
from suoi.demo.defects.kind import Spoil, lookalike, of, puts, texts
from suoi.demo.desk import Desk
from suoi.demo.people import personal_number

ENTERPRISES, HOUSEHOLDS = "stc_doanh_nghiep", "stc_ho_kinh_doanh"
_FUTURE = date(2099, 1, 1)


def _wrong_check_digit(row: Row, _desk: Desk) -> None:
    code = row["ma_so"]
    row["ma_so"] = f"{code[:9]}{(int(code[9]) + 1) % 10}"


def _digit_lost(row: Row, _desk: Desk) -> None:
    row["ma_so"] = row["ma_so"][:9]


def _dependent_without_digits(row: Row, _desk: Desk) -> None:
    """A branch under the ten digits of a whole enterprise."""
    row.update(loai_hinh="CN")


def _changed_before_it_was(row: Row, _desk: Desk) -> None:
    row.update(lan_thay_doi=2, ngay_thay_doi=row["ngay_dk"] - timedelta(days=30))


_ENTERPRISES: dict[str, tuple[str, str, Spoil]] = {
    "no address": ("field.missing", "dia_chi", puts(dia_chi="...")),
    "changed, no day": ("field.missing_conditional", "ngay_thay_doi", puts(ngay_thay_doi=None)),
    "check digit wrong": ("id.mst_checksum", "ma_so", _wrong_check_digit),
    "nine digits": ("id.mst_shape", "ma_so", _digit_lost),
    "branch with ten digits": ("rule.branch_code", "ma_so", _dependent_without_digits),
    "kind unknown": ("code.unknown", "loai_hinh", puts(loai_hinh="TNX")),
    "neither old nor new": ("code.unknown", "ma_xa", puts(ma_he="CŨ")),
    "trade unknown": ("code.unknown", "nganh_nghe_chinh", puts(nganh_chinh="04110")),
    "03646 alone": ("code.ambiguous", "ma_xa", puts(ma_xa="03646", ma_he=None)),
    "capital with a point": ("number.format", "von_dieu_le", puts(von="1.5")),
    "capital below nothing": ("number.range", "von_dieu_le", puts(von="-5.000.000")),
    "registered in the future": (
        "date.range",
        "ngay_dang_ky",
        puts(ngay_dk=_FUTURE, lan_thay_doi=0, ngay_thay_doi=None),
    ),
    "changed before it was": ("rule.date_order", "ngay_thay_doi", _changed_before_it_was),
    "card of eleven digits": (
        "id.cccd_shape",
        "nguoi_dai_dien_so_giay_to",
        puts(ndd_giay_to="09918500101"),
    ),
    "old card of nine digits": (
        "id.cmnd_legacy",
        "nguoi_dai_dien_so_giay_to",
        puts(ndd_giay_to="050000123"),
    ),
    "telephone too short": ("phone.shape", "dien_thoai", puts(dien_thoai="113")),
    "Cyrillic letter in a name": (
        "text.homoglyph",
        "nguoi_dai_dien_ho_ten",
        lookalike("ndd_ho_ten"),
    ),
    **texts("ten", "ten"),
}


def _another_year(row: Row, desk: Desk) -> None:
    """The owner's number says another year of birth than the book."""
    male = row["gioi"] == "M"
    row["mst"] = personal_number(desk.rng, male=male, born=date(1951, 1, 1))
    row["ngay_sinh"] = "01-02-1971"
    row["giay_to"] = personal_number(desk.rng, male=male, born=date(1971, 2, 1))


def _before_the_owner(row: Row, _desk: Desk) -> None:
    """Registered before its owner was born; the papers hold no year."""
    row.update(ngay_cap="05-01-2015", ngay_sinh="01-02-2016", giay_to="C0000001")
    row.update(mst="5500000014")


_HOUSEHOLDS: dict[str, tuple[str, str, Spoil]] = {
    "no name": ("field.missing", "ten", puts(ten_ho="...")),
    "tax code of eleven digits": ("id.mst_shape", "ma_so", puts(mst="09918500101")),
    "check digit wrong": ("id.mst_checksum", "ma_so", puts(mst="5500000015")),
    "card of eleven digits": ("id.cccd_shape", "chu_ho_so_giay_to", puts(giay_to="09918500101")),
    "old card of nine digits": ("id.cmnd_legacy", "chu_ho_so_giay_to", puts(giay_to="050000123")),
    "number of another year": ("id.cccd_conflict_legacy", "ma_so", _another_year),
    "no such commune": ("code.unknown", "ma_xa", puts(ten_xa="Xã Không Đâu")),
    "sex unknown": ("code.unknown", "chu_ho_gioi_tinh", puts(gioi="X")),
    "state unknown": ("code.unknown", "tinh_trang", puts(tt=9)),
    "capital below nothing": ("number.range", "von_kinh_doanh", puts(von=-1)),
    "month first": ("date.invalid", "ngay_cap", puts(ngay_cap="12-31-2025")),
    "year with two digits": ("date.two_digit_year", "ngay_cap", puts(ngay_cap="5-1-26")),
    "undeclared date form": ("date.ambiguous", "ngay_cap", puts(ngay_cap="20260105")),
    "granted in the future": ("date.range", "ngay_cap", puts(ngay_cap="01-01-2099")),
    "granted before its owner was born": ("rule.date_order", "ngay_cap", _before_the_owner),
    "telephone too short": ("phone.shape", "dien_thoai", puts(dien_thoai="113")),
    "Cyrillic letter in a name": ("text.homoglyph", "chu_ho_ho_ten", lookalike("chu_ho")),
    **texts("dia_chi", "dia_chi"),
}
_KEYS = {_wrong_check_digit, _digit_lost}

DEFECTS = (
    *(replace(one, in_key=one.spoil in _KEYS) for one in of(ENTERPRISES, _ENTERPRISES)),
    *of(HOUSEHOLDS, _HOUSEHOLDS),
)
