"""Rules of what stands on the ground: parcels, monitoring stations, OCOP products."""

from collections.abc import Callable
from decimal import Decimal

from schemas.codes import CodeLists
from streams.days import day_text, earliest, latest
from streams.geohash import in_cell, in_province
from streams.numbers import RANGE
from streams.rules.rule import ACTIVE, DATE_ORDER, Rule, active_after_expiry, before

OCOP_MONTHS = 36
CLOCK_SKEW_US = 5 * 60 * 1_000_000
"""How far a station's clock may be ahead of the server that hears it, in µs."""

_PARCEL, _MONITOR, _OCOP = "nnmt_thua_dat", "nnmt_quan_trac", "nnmt_ocop"
_OUTSIDE, _UNIT = "geo.outside_province", "rule.unit_mismatch"
_POINT = ("vi_do", "kinh_do")
_IN_PROVINCE = "trong phạm vi tỉnh"


def _outside_cell(cell: str, latitude: str, longitude: str) -> bool:
    return not in_cell(cell, latitude, longitude)


def _outside_province(latitude: str, longitude: str) -> bool:
    return not in_province(latitude, longitude)


def _part_above_whole(part: str, whole: str) -> bool:
    return Decimal(part) > Decimal(whole)


def _other_term(recognised: int, expires: int) -> bool:
    start = day_text(recognised)
    if day_text(expires) == f"{int(start[:4]) + OCOP_MONTHS // 12:04}{start[4:]}":
        return False
    year, month, day = map(int, start.split("-"))
    # 29 February ends on the last day of February; a month never overflows into the next.
    end = latest(f"{year + OCOP_MONTHS // 12:04}-{month:02}")
    full = min(earliest(f"{year + OCOP_MONTHS // 12:04}-{month:02}") + day - 1, end)
    return expires not in (full, full - 1)


def _not_mass_volume_or_count(unit: str) -> bool:
    return unit not in {"kg", "l", "cai"}


def _measured_after_heard(measured: int, heard: int) -> bool:
    return measured > heard + CLOCK_SKEW_US


def _other_unit(codes: CodeLists) -> Callable[[str, str], bool]:
    """A unit that came through is canonical: it fits where it is the parameter's own.

    pH has no unit, so any known one is wrong (DOMAIN.md 9b).
    """
    own = _units(codes)
    return lambda parameter, unit: unit != own[parameter]


def _implausible(codes: CodeLists) -> Callable[[str, str | None, str | None], bool]:
    """The plausible range of a parameter, in its own unit; a value in another is not judged."""
    own = _units(codes)
    rows = codes.rows("codes/monitor_parameter")
    bounds = {
        row["code"]: (Decimal(row["plausible_min"]), Decimal(row["plausible_max"])) for row in rows
    }

    def implausible(value: str | None, parameter: str | None, unit: str | None) -> bool:
        if value is None or parameter is None or (unit or "") != own[parameter]:
            return False
        low, high = bounds[parameter]
        return not low <= Decimal(value) <= high

    return implausible


def _units(codes: CodeLists) -> dict[str, str]:
    return {row["code"]: row["canonical_unit"] for row in codes.rows("codes/monitor_parameter")}


RULES: tuple[Rule, ...] = (
    Rule(
        _PARCEL,
        "rule.geohash_mismatch",
        "ma_dinh_danh_thua",
        ("ma_dinh_danh_thua", *_POINT),
        _outside_cell,
        "điểm đại diện nằm trong ô của mã",
    ),
    Rule(
        _PARCEL,
        "rule.area_order",
        "dien_tich_dat_o_m2",
        ("dien_tich_dat_o_m2", "dien_tich_m2"),
        _part_above_whole,
        "đất ở không lớn hơn cả thửa",
    ),
    Rule(_PARCEL, _OUTSIDE, "vi_do", _POINT, _outside_province, _IN_PROVINCE),
    Rule(
        _MONITOR,
        _UNIT,
        "don_vi",
        ("thong_so", "don_vi"),
        _other_unit,
        "đơn vị của thông số",
        reads_lists=True,
    ),
    Rule(
        _MONITOR,
        RANGE,
        "gia_tri",
        ("gia_tri", "thong_so", "don_vi"),
        _implausible,
        "giá trị trong khoảng hợp lý của thông số",
        reads_null=True,
        reads_lists=True,
    ),
    Rule(
        _MONITOR,
        DATE_ORDER,
        "thoi_diem",
        ("thoi_diem", "nhan_luc"),
        _measured_after_heard,
        "thời điểm đo không sau lúc nhận",
    ),
    Rule(_MONITOR, _OUTSIDE, "vi_do", _POINT, _outside_province, _IN_PROVINCE),
    Rule(
        _OCOP,
        DATE_ORDER,
        "ngay_het_han",
        ("ngay_het_han", "ngay_cong_nhan"),
        before,
        "ngày hết hạn không trước ngày công nhận",
    ),
    Rule(
        _OCOP,
        "rule.ocop_term",
        "ngay_het_han",
        ("ngay_cong_nhan", "ngay_het_han"),
        _other_term,
        "thời hạn 36 tháng",
    ),
    Rule(
        _OCOP,
        ACTIVE,
        "ngay_het_han",
        ("trang_thai", "ngay_het_han", "event_day"),
        active_after_expiry,
        "công nhận quá hạn",
    ),
    Rule(
        _OCOP,
        _UNIT,
        "don_vi_san_luong",
        ("don_vi_san_luong",),
        _not_mass_volume_or_count,
        "đơn vị khối lượng, thể tích hoặc số đếm",
    ),
)
