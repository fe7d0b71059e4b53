"""Rules over several fields of one record (DOMAIN.md 1, stage 5; definitions: rules.csv).

Each rule says when there *is* a problem. It is judged only if all its inputs are free of rejects,
and is silent where an input is null unless `reads_null`. Rules that need other rows are judged
beside the provincial database. Dates come as days since the epoch, partial dates as text;
`event_day` is the local day of the commit.
"""

from collections.abc import Callable
from typing import NamedTuple

from streams.days import day_text, earliest, latest, year_of

LATE_DAYS = 60
OCOP_MONTHS = 36
MOTHER_YOUNGEST, MOTHER_OLDEST = 10, 60
HUSBAND_YEARS, WIFE_YEARS = 20, 18


class Rule(NamedTuple):
    """One way in which a record of *dataset* contradicts itself."""

    dataset: str
    reason: str
    field: str
    inputs: tuple[str, ...]
    broken: Callable[..., bool]
    words: str
    reads_null: bool = False


def _after(first: int, second: int) -> bool:
    return first > second


def _before(first: int, second: int) -> bool:
    return first < second


def _parent_not_older(parent: str, child: int) -> bool:
    return int(parent[:4]) >= year_of(child) and earliest(parent) >= child


def _late_or_not(born: int, registered: int, kind: str) -> bool:
    late = registered - born > LATE_DAYS
    return kind == ("dung_han" if late else "qua_han")


def _odd_age(mother: str, born: int) -> bool:
    return not MOTHER_YOUNGEST <= year_of(born) - int(mother[:4]) <= MOTHER_OLDEST


def _same_as_a_parent(child: str | None, mother: str | None, father: str | None) -> bool:
    return child is not None and child in (mother, father)


def _other_year(number: str, registered: int) -> bool:
    return int(number[-4:]) != year_of(registered)


def _younger_than(years: int) -> Callable[[str, int], bool]:
    def too_young(born: str, married: int) -> bool:
        first = day_text(earliest(born))  # the favourable reading of a partial date
        day = day_text(married)
        return int(day[:4]) - int(first[:4]) - (day[5:] < first[5:]) < years

    return too_young


def _same(first: str, second: str) -> bool:
    return first == second


def _died_before_birth(died: str, born: str) -> bool:
    return latest(died) < earliest(born)


def _registered_before_death(registered: int, died: str) -> bool:
    return registered < earliest(died)


def _other_term(recognised: int, expires: int) -> bool:
    start = day_text(recognised)
    if day_text(expires) == f"{int(start[:4]) + OCOP_MONTHS // 12:04}{start[4:]}":
        return False
    year, month, day = map(int, start.split("-"))
    # 29 February ends on the last day of February; a month never overflows into the next.
    end = latest(f"{year + OCOP_MONTHS // 12:04}-{month:02}")
    full = min(earliest(f"{year + OCOP_MONTHS // 12:04}-{month:02}") + day - 1, end)
    return expires not in (full, full - 1)


def _active_after_expiry(status: str, expires: int, event_day: int) -> bool:
    return status == "hieu_luc" and expires < event_day


def _not_mass_volume_or_count(unit: str) -> bool:
    return unit not in {"kg", "l", "cai"}


_KS, _KH, _KT, _OCOP = "tp_khai_sinh", "tp_ket_hon", "tp_khai_tu", "nnmt_ocop"
_ORDER = "rule.date_order"
_YEAR = ("so_dang_ky", "ngay_dang_ky")
_YEAR_WORDS = "năm trong số đăng ký"

RULES: tuple[Rule, ...] = (
    Rule(
        _KS,
        _ORDER,
        "ngay_sinh",
        ("ngay_sinh", "ngay_dang_ky"),
        _after,
        "ngày sinh không sau ngày đăng ký",
    ),
    Rule(
        _KS,
        _ORDER,
        "me_ngay_sinh",
        ("me_ngay_sinh", "ngay_sinh"),
        _parent_not_older,
        "ngày sinh của mẹ trước ngày sinh của trẻ",
    ),
    Rule(
        _KS,
        _ORDER,
        "cha_ngay_sinh",
        ("cha_ngay_sinh", "ngay_sinh"),
        _parent_not_older,
        "ngày sinh của cha trước ngày sinh của trẻ",
    ),
    Rule(
        _KS,
        "rule.late_registration",
        "loai_dang_ky",
        ("ngay_sinh", "ngay_dang_ky", "loai_dang_ky"),
        _late_or_not,
        "thời hạn 60 ngày",
    ),
    Rule(
        _KS,
        "rule.parent_age",
        "me_ngay_sinh",
        ("me_ngay_sinh", "ngay_sinh"),
        _odd_age,
        "tuổi mẹ khi sinh",
    ),
    Rule(
        _KS,
        "rule.same_person",
        "so_dinh_danh",
        ("so_dinh_danh", "me_so_giay_to", "cha_so_giay_to"),
        _same_as_a_parent,
        "số của trẻ khác số của cha, mẹ",
        reads_null=True,
    ),
    Rule(_KS, "rule.register_year", "so_dang_ky", _YEAR, _other_year, _YEAR_WORDS),
    Rule(
        _KH,
        "rule.marriage_age",
        "chong_ngay_sinh",
        ("chong_ngay_sinh", "ngay_dang_ky"),
        _younger_than(HUSBAND_YEARS),
        "nam từ đủ 20 tuổi",
    ),
    Rule(
        _KH,
        "rule.marriage_age",
        "vo_ngay_sinh",
        ("vo_ngay_sinh", "ngay_dang_ky"),
        _younger_than(WIFE_YEARS),
        "nữ từ đủ 18 tuổi",
    ),
    Rule(
        _KH,
        "rule.same_person",
        "vo_so_giay_to",
        ("chong_so_giay_to", "vo_so_giay_to"),
        _same,
        "hai bên khác số giấy tờ",
    ),
    Rule(
        _KH,
        _ORDER,
        "ngay_ban_an",
        ("ngay_ban_an", "ngay_dang_ky"),
        _before,
        "ngày bản án không trước ngày đăng ký",
    ),
    Rule(_KH, "rule.register_year", "so_dang_ky", _YEAR, _other_year, _YEAR_WORDS),
    Rule(
        _KT,
        _ORDER,
        "ngay_chet",
        ("ngay_chet", "ngay_sinh"),
        _died_before_birth,
        "ngày chết không trước ngày sinh",
    ),
    Rule(
        _KT,
        _ORDER,
        "ngay_dang_ky",
        ("ngay_dang_ky", "ngay_chet"),
        _registered_before_death,
        "ngày đăng ký không trước ngày chết",
    ),
    Rule(_KT, "rule.register_year", "so_dang_ky", _YEAR, _other_year, _YEAR_WORDS),
    Rule(
        _OCOP,
        _ORDER,
        "ngay_het_han",
        ("ngay_het_han", "ngay_cong_nhan"),
        _before,
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
        "rule.active_after_expiry",
        "ngay_het_han",
        ("trang_thai", "ngay_het_han", "event_day"),
        _active_after_expiry,
        "công nhận quá hạn",
    ),
    Rule(
        _OCOP,
        "rule.unit_mismatch",
        "don_vi_san_luong",
        ("don_vi_san_luong",),
        _not_mass_volume_or_count,
        "đơn vị khối lượng, thể tích hoặc số đếm",
    ),
)


def rules_of(dataset: str, reasons: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules a contract asks for: those of *dataset* with one of *reasons*."""
    return tuple(rule for rule in RULES if rule.dataset == dataset and rule.reason in reasons)
