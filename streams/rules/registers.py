"""Rules of the civil-status registers: births, marriages, deaths."""

from collections.abc import Callable

from streams.days import day_text, earliest, year_of
from streams.rules.rule import DATE_ORDER, Rule, after, before, same

LATE_DAYS = 60
MOTHER_YOUNGEST, MOTHER_OLDEST = 10, 60
HUSBAND_YEARS, WIFE_YEARS = 20, 18

_KS, _KH, _KT = "tp_khai_sinh", "tp_ket_hon", "tp_khai_tu"
_YEAR = ("so_dang_ky", "ngay_dang_ky")
_YEAR_WORDS = "năm trong số đăng ký"


def odd_age(mother: str, born: int) -> bool:
    """Whether a mother of *mother*'s birth year had a child on the day *born*: by years alone."""
    return not MOTHER_YOUNGEST <= year_of(born) - int(mother[:4]) <= MOTHER_OLDEST


def _parent_not_older(parent: str, child: int) -> bool:
    return parent >= day_text(child)[:4] and earliest(parent) >= child


def _late_or_not(born: int, registered: int, kind: str) -> bool:
    late = registered - born > LATE_DAYS
    return kind == ("dung_han" if late else "qua_han")


def _same_as_a_parent(child: str | None, mother: str | None, father: str | None) -> bool:
    return child is not None and child in (mother, father)


def _other_year(number: str, registered: int) -> bool:
    return not day_text(registered).startswith(number[-4:])


def _younger_than(years: int) -> Callable[[str, int], bool]:
    def too_young(born: str, married: int) -> bool:
        first, day = born + "-01-01"[len(born) - 4 :], day_text(married)  # the favourable reading
        return int(day[:4]) - int(first[:4]) - (day[5:] < first[5:]) < years

    return too_young


def _died_before_birth(died: str, born: str) -> bool:
    return died < born[: len(died)]  # ISO texts: a day that may be the other is not before it


def _registered_before_death(registered: int, died: str) -> bool:
    return day_text(registered) < died  # ISO texts: a month begins with its first day


RULES: tuple[Rule, ...] = (
    Rule(
        _KS,
        DATE_ORDER,
        "ngay_sinh",
        ("ngay_sinh", "ngay_dang_ky"),
        after,
        "ngày sinh không sau ngày đăng ký",
    ),
    Rule(
        _KS,
        DATE_ORDER,
        "me_ngay_sinh",
        ("me_ngay_sinh", "ngay_sinh"),
        _parent_not_older,
        "ngày sinh của mẹ trước ngày sinh của trẻ",
    ),
    Rule(
        _KS,
        DATE_ORDER,
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
        odd_age,
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
        same,
        "hai bên khác số giấy tờ",
    ),
    Rule(
        _KH,
        DATE_ORDER,
        "ngay_ban_an",
        ("ngay_ban_an", "ngay_dang_ky"),
        before,
        "ngày bản án không trước ngày đăng ký",
    ),
    Rule(_KH, "rule.register_year", "so_dang_ky", _YEAR, _other_year, _YEAR_WORDS),
    Rule(
        _KT,
        DATE_ORDER,
        "ngay_chet",
        ("ngay_chet", "ngay_sinh"),
        _died_before_birth,
        "ngày chết không trước ngày sinh",
    ),
    Rule(
        _KT,
        DATE_ORDER,
        "ngay_dang_ky",
        ("ngay_dang_ky", "ngay_chet"),
        _registered_before_death,
        "ngày đăng ký không trước ngày chết",
    ),
    Rule(_KT, "rule.register_year", "so_dang_ky", _YEAR, _other_year, _YEAR_WORDS),
)
