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


def _one_of(name: str, *wanted: str) -> Condition:
    return Condition((name,), lambda value: value in wanted)


def _none_of(name: str, *unwanted: str) -> Condition:
    return Condition((name,), lambda value: value is not None and value not in unwanted)


def _any_true(*names: str) -> Condition:
    return Condition(names, lambda *values: True in values)


def _above(name: str, least: int) -> Condition:
    return Condition((name,), lambda value: value is not None and value > least)


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
    "khong_phai_to_chuc_hanh_nghe": _other_than("loai_hanh_nghe", "to_chuc"),
    "la_to_chuc_hanh_nghe": _equals("loai_hanh_nghe", "to_chuc"),
    "da_tra_ket_qua": _equals("trang_thai_ho_so", "da_tra"),
    "dat_co_thoi_han": _equals("thoi_han_loai", "co_thoi_han"),
    "co_giay_chung_nhan": _any_given("so_gcn"),
    "chu_la_ca_nhan_hoac_ho": _one_of("loai_chu", "ca_nhan", "ho_gia_dinh"),
    "da_co_thay_doi": _above("lan_thay_doi", 0),
    "khong_phai_don_vi_phu_thuoc": _none_of("loai_hinh", "chi_nhanh", "van_phong_dai_dien"),
    "sinh_phau_thuat_hoac_non": _any_true("sinh_phau_thuat", "duoi_32_tuan"),
    "thiet_bi_khong_loi": _other_than("co_chat_luong", "02"),
    "thong_so_co_don_vi": _other_than("thong_so", "ph"),
    "co_phu_hieu": _any_given("loai_phu_hieu"),
    "loai_don_vi_khong_phai_ho_kinh_doanh": _other_than("loai_don_vi", "ho_kinh_doanh"),
}
