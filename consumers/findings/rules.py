"""Every rule that needs other rows (`stateful` in rules.csv; DOMAIN.md 9). One entry is a rule.

A number or a person that is null is nobody's: such a row is in no group.
"""

from collections.abc import Iterable, Mapping

from consumers.findings.rule import LIMIT, SUBJECT, By, Rule, Side
from schemas.contract import Dataset

_NUMBER = "rule.duplicate_number"
_PERSON = "rule.duplicate_person"
_IN_REGISTER = By(("co_quan_dang_ky_goc", "co_quan_dang_ky_he", "so_dang_ky"))
"""The commune that keeps the book, as it was named then, and the number in it."""
_VALID = "hieu_luc"

RULES: tuple[Rule, ...] = (
    Rule(
        dataset="tp_khai_sinh",
        reason=_NUMBER,
        field="so_dang_ky",
        words="số đăng ký là duy nhất trong xã và năm",
        sides=(Side(dataset="tp_khai_sinh", by=(_IN_REGISTER,)),),
    ),
    Rule(
        dataset="tp_khai_sinh",
        reason=_PERSON,
        field="ten",
        words="trùng tên, ngày sinh và mẹ",
        sides=(
            Side(
                dataset="tp_khai_sinh",
                by=(By(("ngay_sinh", "me_so_giay_to"), words=("ho", "chu_dem", "ten")),),
            ),
        ),
    ),
    Rule(
        dataset="tp_ket_hon",
        reason="rule.active_marriage",
        field="chong_so_giay_to",
        words="một bên còn hôn nhân khác",
        sides=(
            Side(
                dataset="tp_ket_hon",
                by=(By(("chong_so_giay_to",)), By(("vo_so_giay_to",))),
                where=(("tinh_trang", _VALID),),
            ),
        ),
    ),
    Rule(
        dataset="tp_khai_tu",
        reason=_NUMBER,
        field="so_dang_ky",
        words="số đăng ký là duy nhất trong xã và năm",
        sides=(Side(dataset="tp_khai_tu", by=(_IN_REGISTER,)),),
    ),
    Rule(
        dataset="tp_khai_tu",
        reason=_PERSON,
        field="so_dinh_danh",
        words="một người hai lần khai tử",
        sides=(Side(dataset="tp_khai_tu", by=(By(("so_dinh_danh",)),)),),
    ),
    Rule(
        dataset="tp_luat_su_cong_chung",
        reason=_NUMBER,
        field="so_the",
        words="số thẻ là duy nhất trong một loại",
        sides=(Side(dataset="tp_luat_su_cong_chung", by=(By(("loai_hanh_nghe", "so_the")),)),),
    ),
    Rule(
        dataset="nnmt_thua_dat",
        reason=_NUMBER,
        field="ma_dinh_danh_thua",
        words="mã thửa là duy nhất",
        sides=(
            Side(
                dataset="nnmt_thua_dat",
                by=(By(("ma_dinh_danh_thua",)),),
                where=(("trang_thai", "hien_hanh"),),
            ),
        ),
    ),
    Rule(
        dataset="bhxh_the_bhyt",
        reason="rule.entitlement_after_death",
        field="gia_tri_den",
        words="còn quyền lợi sau khai tử",
        sides=(
            Side(
                dataset="bhxh_the_bhyt",
                by=(By(("so_dinh_danh",)),),
                where=(("trang_thai", _VALID),),
                role=SUBJECT,
                measure="gia_tri_den",
            ),
            Side(
                dataset="tp_khai_tu",
                by=(By(("so_dinh_danh",)),),
                role=LIMIT,
                measure="ngay_chet",
                grace_days=30,
            ),
        ),
    ),
    Rule(
        dataset="nnmt_ocop",
        reason=_NUMBER,
        field="ma_san_pham",
        words="mã sản phẩm là duy nhất",
        sides=(Side(dataset="nnmt_ocop", by=(By(("ma_san_pham",)),)),),
    ),
)


def rules_of(catalogue: Mapping[str, Dataset], rules: Iterable[Rule] = RULES) -> tuple[Rule, ...]:
    """Return the rules that contracts of *catalogue* ask for and that can be judged in full there.

    A rule with a side that is not delivered (a vertical dataset not yet connected) waits for it.
    """
    return tuple(
        rule
        for rule in rules
        if all(side.dataset in catalogue for side in rule.sides)
        and rule.dataset in catalogue
        and rule.reason in catalogue[rule.dataset].record_rules
    )
