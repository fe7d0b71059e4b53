"""Rules of enterprises, household businesses, schools and transport licences."""

from streams.days import earliest
from streams.rules.rule import ACTIVE, DATE_ORDER, Rule, active_after_expiry, after, before

DEPENDENT = frozenset(("chi_nhanh", "van_phong_dai_dien"))
"""Kinds of units that carry their owner's tax code and three digits of their own."""

_DN, _HKD = "stc_doanh_nghiep", "stc_ho_kinh_doanh"
_SCHOOL, _TRANSPORT = "gddt_truong", "xd_van_tai_giay_phep"


def _code_of_another_kind(code: str, kind: str) -> bool:
    return ("-" in code) != (kind in DEPENDENT)


def _licensed_before_birth(licensed: int, owner_born: str) -> bool:
    return licensed < earliest(owner_born)


def _pupils_without_a_class(classes: int, pupils: int) -> bool:
    return pupils > 0 and classes == 0


RULES: tuple[Rule, ...] = (
    Rule(
        _DN,
        DATE_ORDER,
        "ngay_thay_doi",
        ("ngay_thay_doi", "ngay_dang_ky"),
        before,
        "ngày thay đổi không trước ngày đăng ký",
    ),
    Rule(
        _DN,
        "rule.branch_code",
        "ma_so",
        ("ma_so", "loai_hinh"),
        _code_of_another_kind,
        "mã 10-3 cho đơn vị phụ thuộc",
    ),
    Rule(
        _HKD,
        DATE_ORDER,
        "ngay_cap",
        ("ngay_cap", "chu_ho_ngay_sinh"),
        _licensed_before_birth,
        "ngày cấp không trước ngày sinh chủ hộ",
    ),
    Rule(
        _SCHOOL,
        "rule.count_order",
        "so_hoc_sinh_nu",
        ("so_hoc_sinh_nu", "so_hoc_sinh"),
        after,
        "học sinh nữ không nhiều hơn tổng số",
    ),
    Rule(
        _SCHOOL,
        "rule.count_order",
        "so_lop",
        ("so_lop", "so_hoc_sinh"),
        _pupils_without_a_class,
        "có học sinh thì có lớp",
    ),
    Rule(
        _TRANSPORT,
        DATE_ORDER,
        "ngay_het_han",
        ("ngay_het_han", "ngay_cap"),
        before,
        "ngày hết hạn không trước ngày cấp",
    ),
    Rule(
        _TRANSPORT,
        ACTIVE,
        "ngay_het_han",
        ("trang_thai", "ngay_het_han", "event_day"),
        active_after_expiry,
        "giấy phép quá hạn",
    ),
)
