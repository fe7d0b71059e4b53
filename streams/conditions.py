"""When a conditional field is needed, and when a row is open: predicates by name.

Contracts hold no expressions; they name one of `CONDITIONS`. A comparison with null is false, also
`!=` (DOMAIN.md 0). A condition that reads a refused field is not evaluated (DOMAIN.md 1, stage 4):
its caller sees to it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Condition(NamedTuple):
    """The canonical fields a predicate reads, and the predicate over their values in that order."""

    inputs: tuple[str, ...]
    holds: Callable[..., bool]


def _equals(name: str, wanted: object) -> Condition:
    return Condition((name,), lambda value: value == wanted)


def _other_than(name: str, wanted: object) -> Condition:
    return Condition((name,), lambda value: value is not None and value != wanted)


def _empty(name: str) -> Condition:
    return Condition((name,), lambda value: value is None)


def _any_given(*names: str) -> Condition:
    def given(*values: Any) -> bool:  # noqa: ANN401  values of any type
        return any(value is not None for value in values)

    return Condition(names, given)


CONDITIONS: Mapping[str, Condition] = {
    "so_dinh_danh_da_cap": _equals("trang_thai_dinh_danh", "da_cap"),
    "ten_trong": _empty("ten"),
    "ho_trong": _empty("ho"),
    "khong_bo_roi": _equals("tre_bo_roi", wanted=False),
    "co_thong_tin_cha": _any_given("cha_ho_ten", "cha_ngay_sinh", "cha_dan_toc", "cha_so_giay_to"),
    "khong_con_hieu_luc": _other_than("tinh_trang", "hieu_luc"),
    "chong_quoc_tich_viet_nam": _equals("chong_quoc_tich", "VN"),
    "vo_quoc_tich_viet_nam": _equals("vo_quoc_tich", "VN"),
    "quoc_tich_viet_nam": _equals("quoc_tich", "VN"),
    "co_loai_giay_to": _any_given("loai_giay_to"),
    "co_san_luong": _any_given("san_luong_nam"),
    "loai_chu_the_khong_phai_ca_nhan": _other_than("loai_chu_the", "ca_nhan"),
}
