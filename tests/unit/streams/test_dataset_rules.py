"""Presence and record rules of the datasets beside the registers, each broken and kept once."""

from typing import Any

import pytest
from support.judging import judge_row, values_of

from streams.days import day_text, days, earliest, instant, latest
from streams.rules import registers

PARCEL, CARD, FIRM = "nnmt_thua_dat", "bhxh_the_bhyt", "stc_doanh_nghiep"
SHOP, SCHOOL, BIRTH = "stc_ho_kinh_doanh", "gddt_truong", "yt_giay_chung_sinh"
MONITOR, TRANSPORT, LAWYER = "nnmt_quan_trac", "xd_van_tai_giay_phep", "tp_luat_su_cong_chung"
CASE = "ca_ly_lich_tu_phap"


def found(dataset: str, **changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    return [(p.field, p.code) for p in judge_row(dataset, **changes).problems]


NO_PAPER = {"so_gcn": None, "ngay_cap_gcn": None, "loai_chu": None, "ten_chu": None}
PRACTICE = {"loai": "TC", "ho_ten": None, "sddcn": None, "mst": "5500000014"}
BRANCH = {"ma_so": "0314409058002", "loai_hinh": "CN", "von": None}


@pytest.mark.parametrize(
    ("dataset", "changes"),
    [
        (LAWYER, PRACTICE),
        (CASE, {"trangThai": "DANG_XU_LY", "ngayTra": None}),
        (CASE, {"ngayTra": "2026-03-02"}),
        (PARCEL, NO_PAPER | {"giay_to_chu": None}),
        (PARCEL, {"loai_chu": 3, "giay_to_chu": None}),
        (PARCEL, {"thoi_han": "01/01/2070"}),
        (PARCEL, {"dt_dat_o": "212.50"}),
        (PARCEL, {"dt_dat_o": "99.50"}),
        (PARCEL, {"loai_dat": "odt"}),
        (CARD, {"maSoBhxh": None}),
        (CARD, {"maThe": None}),
        (CARD, {"maSoBhxh": "099193000102"}),
        (CARD, {"maThe": "1499000102", "mucHuong": 5}),
        (CARD, {"trangThai": "2", "gtTheDen": "20260310"}),
        (CARD, {"gtTheDen": "20260311"}),
        (FIRM, {"lan_thay_doi": 0, "ngay_thay_doi": None}),
        (FIRM, BRANCH),
        (SHOP, {"ngay_sinh": "2026"}),
        (SCHOOL, {"Số HS nữ": 612}),
        (SCHOOL, {"Số lớp": 0, "Số HS": 0, "Số HS nữ": 0}),
        (BIRTH, {"SINHCON_PHAUTHUAT": 0, "GHI_CHU": None}),
        (BIRTH, {"NGAYSINH_NND": "20160000", "SO_CCCD_NND": "C0000123"}),
        (MONITOR, {"co": "02", "gia_tri": -9999.0}),
        (MONITOR, {"thong_so": "pH", "gia_tri": 7.1, "don_vi": None}),
        (MONITOR, {"thoi_diem": instant("2026-03-11T08:05:00Z")}),
        (MONITOR, {"vi_do": None}),
        (TRANSPORT, {"Phù hiệu": None, "Hạn phù hiệu": None}),
        (TRANSPORT, {"Ngày hết hạn": "11/03/2026"}),
        (TRANSPORT, {"Trạng thái": "Hết hạn", "Ngày cấp": 45000, "Ngày hết hạn": 46000}),
    ],
)
def test_what_is_lawful_stays_clean(dataset: str, changes: dict[str, Any]) -> None:
    if changes.get("ngay_sinh") == "2026":  # born in the year of the licence: one reading allows it
        changes = changes | {"mst": "5500000014", "giay_to": "C0000123"}
    assert found(dataset, **changes) == []


MISSING = "field.missing_conditional"


@pytest.mark.parametrize(
    ("dataset", "changes", "field"),
    [
        (LAWYER, {"ho_ten": None}, "ho_ten"),
        (LAWYER, {"sddcn": "-"}, "so_dinh_danh"),
        (LAWYER, PRACTICE | {"mst": None}, "ma_so_thue_to_chuc"),
        (CASE, {"ngayTra": ""}, "ngay_tra"),
        (PARCEL, {"ngay_cap_gcn": None}, "ngay_cap_gcn"),
        (PARCEL, {"ten_chu": None}, "ten_chu"),
        (PARCEL, {"loai_chu": 2, "giay_to_chu": None}, "so_giay_to_chu"),
        (FIRM, {"ngay_thay_doi": None}, "ngay_thay_doi"),
        (FIRM, {"von": None}, "von_dieu_le"),
        (BIRTH, {"GHI_CHU": None}, "ghi_chu"),
        (BIRTH, {"GHI_CHU": None, "SINHCON_PHAUTHUAT": 0, "SINHCON_DUOI32TUAN": 1}, "ghi_chu"),
        (MONITOR, {"gia_tri": -9999}, "gia_tri"),
        (MONITOR, {"don_vi": None}, "don_vi"),
        (TRANSPORT, {"Hạn phù hiệu": None}, "han_phu_hieu"),
    ],
)
def test_a_conditional_field_is_missed_when_its_condition_holds(
    dataset: str, changes: dict[str, Any], field: str
) -> None:
    assert found(dataset, **changes) == [(field, MISSING)]


def test_a_condition_that_reads_a_refused_field_is_not_evaluated() -> None:
    assert found(PARCEL, thoi_han="31/02/2070") == [
        ("thoi_han_loai", "code.unknown"),
        ("thoi_han_den", "date.invalid"),
    ]
    assert found(FIRM, loai_hinh="X", von=None) == [("loai_hinh", "code.unknown")]


@pytest.mark.parametrize(
    ("dataset", "changes", "problem"),
    [
        (CASE, {"ngayTra": "2026-03-01"}, ("ngay_tra", "rule.date_order")),
        (PARCEL, {"dt_dat_o": "212.51"}, ("dien_tich_dat_o_m2", "rule.area_order")),
        (PARCEL, {"vi_do": 21.32731260}, ("ma_dinh_danh_thua", "rule.geohash_mismatch")),
        (CARD, {"gtTheTu": "20270101"}, ("gia_tri_den", "rule.date_order")),
        (CARD, {"mucHuong": 3}, ("ma_the", "rule.card_mismatch")),
        (CARD, {"maSoBhxh": "1499000103"}, ("ma_the", "rule.card_mismatch")),
        (CARD, {"gtTheDen": "20260310"}, ("gia_tri_den", "rule.active_after_expiry")),
        (FIRM, {"ngay_thay_doi": days("2018-05-19")}, ("ngay_thay_doi", "rule.date_order")),
        (FIRM, {"ma_so": "0314409058-002"}, ("ma_so", "rule.branch_code")),
        (FIRM, {"loai_hinh": "VPDD"}, ("ma_so", "rule.branch_code")),
        (SCHOOL, {"Số HS nữ": 613}, ("so_hoc_sinh_nu", "rule.count_order")),
        (SCHOOL, {"Số lớp": 0}, ("so_lop", "rule.count_order")),
        (BIRTH, {"NGAY_CT": "20260310"}, ("ngay_chung_tu", "rule.date_order")),
        (
            BIRTH,
            {"NGAYSINH_NND": "20170000", "SO_CCCD_NND": "C0000123"},
            ("me_ngay_sinh", "rule.parent_age"),
        ),
        (
            BIRTH,
            {"NGAYSINH_NND": "19650000", "SO_CCCD_NND": "C0000123"},
            ("me_ngay_sinh", "rule.parent_age"),
        ),
        (MONITOR, {"don_vi": "mg/l"}, ("don_vi", "rule.unit_mismatch")),
        (
            MONITOR,
            {"thong_so": "pH", "gia_tri": 7.0, "don_vi": "mg/l"},
            ("don_vi", "rule.unit_mismatch"),
        ),
        (
            MONITOR,
            {"thoi_diem": instant("2026-03-11T08:05:00.000001Z")},
            ("thoi_diem", "rule.date_order"),
        ),
        (MONITOR, {"vi_do": "20.569999"}, ("vi_do", "geo.outside_province")),
        (MONITOR, {"kinh_do": "105.030001"}, ("vi_do", "geo.outside_province")),
        (
            TRANSPORT,
            {"Ngày cấp": "12/03/2025", "Ngày hết hạn": "11/03/2025", "Trạng thái": "Hết hạn"},
            ("ngay_het_han", "rule.date_order"),
        ),
        (
            TRANSPORT,
            {"Ngày cấp": "12/03/2020", "Ngày hết hạn": "10/03/2026"},
            ("ngay_het_han", "rule.active_after_expiry"),
        ),
    ],
)
def test_each_rule_of_a_dataset_is_told_on_its_field(
    dataset: str, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert found(dataset, **changes) == [problem]


def test_a_shop_is_not_licensed_before_its_owner_was_born() -> None:
    changes = {"ngay_sinh": "06-01-2026", "mst": "5500000014", "giay_to": "C0000123"}
    assert found(SHOP, **changes) == [("ngay_cap", "rule.date_order")]


def test_a_point_outside_is_told_once_and_still_a_warning() -> None:
    judged = judge_row(PARCEL, vi_do=22.5, kinh_do=105.5)
    assert [(p.field, p.code) for p in judged.problems] == [
        ("ma_dinh_danh_thua", "rule.geohash_mismatch"),
        ("vi_do", "geo.outside_province"),
    ]


def test_swapped_coordinates_and_metres_fall_out_of_range() -> None:
    for point in ({"vi_do": 103.9, "kinh_do": 21.3}, {"vi_do": 0, "kinh_do": 0}):
        assert found(PARCEL, **point) == [("vi_do", "number.range"), ("kinh_do", "number.range")]


@pytest.mark.parametrize(
    ("parameter", "value", "unit", "problems"),
    [
        ("PM2.5", 2.0, "mg/m3", []),
        ("PM2.5", 2.001, "mg/m3", [("gia_tri", "number.range")]),
        ("pm25", -0.5, "µg/m³", [("gia_tri", "number.range")]),
        ("pH", 14.01, None, [("gia_tri", "number.range")]),
        ("pH", 14.01, "mg/l", [("don_vi", "rule.unit_mismatch")]),
        ("BOD5", 5001.0, "mg/l", [("gia_tri", "number.range")]),
        ("BOD5", 5001.0, "ug/l", []),
        ("PM2.5", 5001.0, None, [("don_vi", MISSING)]),
    ],
)
def test_a_value_is_plausible_for_its_parameter_after_conversion(
    parameter: str, value: float, unit: str | None, problems: list[tuple[str, str]]
) -> None:
    assert found(MONITOR, thong_so=parameter, gia_tri=value, don_vi=unit) == problems


def test_a_signal_that_was_lost_is_empty_and_says_so() -> None:
    judged = judge_row(MONITOR, co="02", gia_tri=-9999.0)
    assert values_of(MONITOR, judged)["gia_tri"] is None
    assert "PLACEHOLDER_NULL:gia_tri" in judged.flags


def test_one_column_gives_the_kind_of_term_and_its_day() -> None:
    judged = judge_row(PARCEL, thoi_han="01/01/2070")
    values = values_of(PARCEL, judged)
    assert (values["thoi_han_loai"], values["thoi_han_den"]) == ("co_thoi_han", days("2070-01-01"))
    values = values_of(PARCEL, judge_row(PARCEL, thoi_han="Lâu dài, ổn định"))
    assert (values["thoi_han_loai"], values["thoi_han_den"]) == ("lau_dai", None)


PARTIAL = [
    day_text(days("2023-12-30") + step)[:length]
    for step in (0, 1, 2, 3, 32, 61, 62, 367, 368)
    for length in (4, 7, 10)
]


@pytest.mark.parametrize("died", PARTIAL)
@pytest.mark.parametrize("born", PARTIAL)
def test_what_is_not_known_of_a_day_never_speaks_against_it(died: str, born: str) -> None:
    broken = {rule.reason + rule.field: rule.broken for rule in registers.RULES}
    assert broken["rule.date_orderngay_chet"](died, born) == (latest(died) < earliest(born))
    for day in (earliest(born), latest(born)):
        assert broken["rule.date_orderngay_dang_ky"](day, died) == (day < earliest(died))
        assert broken["rule.date_orderme_ngay_sinh"](died, day) == (earliest(died) >= day)
