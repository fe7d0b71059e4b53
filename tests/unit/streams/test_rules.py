"""Conditional presence and the rules over several fields, on records of the four registers."""

from typing import Any

import pytest
from support.judging import CATALOGUE, CLEAN, judge_row, values_of

from schemas.records import Severity
from streams.conditions import CONDITIONS
from streams.days import days


def _found(dataset: str, **changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    return [(p.field, p.code) for p in judge_row(dataset, **changes).problems]


NO_FATHER = {"cha_hoten": None, "cha_ns": None, "cha_dt": None, "cha_giayto": None}


@pytest.mark.parametrize(
    "changes",
    [
        NO_FATHER,
        {"ho": None},
        {"ten": None},
        {"dem": None},
        {"tt_dd": "K", "sddcn": None},
        {
            "bo_roi": True,
            "me_hoten": None,
            "me_ns": None,
            "me_dt": None,
            "me_cutru": None,
            "me_giayto": None,
        },
        {"ns_ma_xa": None, "ns_ma_he": None},
    ],
)
def test_what_may_lawfully_be_absent_stays_clean(changes: dict[str, Any]) -> None:
    assert _found("tp_khai_sinh", **changes) == []


@pytest.mark.parametrize(
    ("dataset", "changes", "problems"),
    [
        ("tp_khai_sinh", {"sddcn": None}, [("so_dinh_danh", "field.missing_conditional")]),
        (
            "tp_khai_sinh",
            {"ho": None, "ten": None},
            [("ho", "field.missing_conditional"), ("ten", "field.missing_conditional")],
        ),
        ("tp_khai_sinh", {"ho": None, "ten": "\u0410n"}, [("ten", "text.homoglyph")]),
        ("tp_khai_sinh", {"me_cutru": "-"}, [("me_noi_cu_tru", "field.missing_conditional")]),
        ("tp_khai_sinh", {"me_dt": "56"}, [("me_dan_toc", "field.missing_conditional")]),
        ("tp_khai_sinh", {"cha_dt": None}, [("cha_dan_toc", "rule.all_or_nothing")]),
        (
            "tp_khai_sinh",
            NO_FATHER | {"cha_ns": "1990"},
            [
                ("cha_ho_ten", "rule.all_or_nothing"),
                ("cha_dan_toc", "rule.all_or_nothing"),
                ("cha_so_giay_to", "rule.all_or_nothing"),
            ],
        ),
        ("tp_khai_sinh", NO_FATHER | {"cha_ns": "hè"}, [("cha_ngay_sinh", "date.invalid")]),
        ("tp_ket_hon", {"chong_qt": "Lào", "chong_dt": None}, []),
        ("tp_ket_hon", {"vo_dt": None}, [("vo_dan_toc", "field.missing_conditional")]),
        (
            "tp_ket_hon",
            {"tinh_trang": "Đã ly hôn"},
            [
                ("so_ban_an", "field.missing_conditional"),
                ("ngay_ban_an", "field.missing_conditional"),
            ],
        ),
        ("tp_khai_tu", {"loai_gt": "CMND"}, [("so_giay_to", "field.missing_conditional")]),
        ("nnmt_ocop", {"dvt": None}, [("don_vi_san_luong", "field.missing_conditional")]),
        ("nnmt_ocop", {"dvt": None, "san_luong": None}, []),
    ],
)
def test_a_conditional_field_is_needed_when_its_condition_holds(
    dataset: str, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    assert _found(dataset, **changes) == problems


@pytest.mark.parametrize(
    ("dataset", "changes", "problems"),
    [
        ("tp_khai_sinh", {"ngaysinh": days("2026-03-06")}, [("ngay_sinh", "rule.date_order")]),
        (
            "tp_khai_sinh",
            {"me_ns": "2026", "me_giayto": "C0000123"},
            [("me_ngay_sinh", "rule.parent_age")],
        ),
        (
            "tp_khai_sinh",
            {"me_ns": "20/02/2026", "me_giayto": "C0000123"},
            [("me_ngay_sinh", "rule.date_order"), ("me_ngay_sinh", "rule.parent_age")],
        ),
        ("tp_khai_sinh", {"loai": "QH"}, [("loai_dang_ky", "rule.late_registration")]),
        ("tp_khai_sinh", {"loai": "LD"}, []),
        (
            "tp_khai_sinh",
            {"me_giayto": "099226000123"},
            [("so_dinh_danh", "rule.same_person"), ("me_so_giay_to", "id.cccd_conflict_legacy")],
        ),
        ("tp_khai_sinh", {"so_ks": "1/2025"}, [("so_dang_ky", "rule.register_year")]),
        (
            "tp_ket_hon",
            {"chong_ns": "06/03/2006", "chong_so_gt": "099206000124", "chong_loai_gt": "HC"},
            [("chong_ngay_sinh", "rule.marriage_age")],
        ),
        ("tp_ket_hon", {"chong_ns": "05/03/2006", "chong_loai_gt": "HC"}, []),
        ("tp_ket_hon", {"chong_ns": "2006", "chong_loai_gt": "HC"}, []),
        ("tp_ket_hon", {"vo_ns": "04/2008"}, [("vo_ngay_sinh", "rule.marriage_age")]),
        (
            "tp_ket_hon",
            {"chong_loai_gt": "HC", "chong_so_gt": "C0000123"},
            [("vo_so_giay_to", "rule.same_person")],
        ),
        (
            "tp_ket_hon",
            {"tinh_trang": "Đã ly hôn", "so_ban_an": "1/2026", "ngay_ban_an": "04/03/2026"},
            [("ngay_ban_an", "rule.date_order")],
        ),
        ("tp_khai_tu", {"ngay_sinh": "04/2026"}, [("ngay_sinh", "date.range")]),
        (
            "tp_khai_tu",
            {"ngay_sinh": "02/03/2026", "ngay_chet": "01/03/2026"},
            [("ngay_chet", "rule.date_order")],
        ),
        ("tp_khai_tu", {"ngay_sinh": "2026", "ngay_chet": "2026"}, []),
        ("tp_khai_tu", {"ngay_chet": "06/03/2026"}, [("ngay_dang_ky", "rule.date_order")]),
        ("nnmt_ocop", {"ngay_hh": days("2027-05-09")}, []),
        ("nnmt_ocop", {"ngay_hh": days("2027-05-11")}, [("ngay_het_han", "rule.ocop_term")]),
        ("nnmt_ocop", {"ngay_cn": days("2024-02-29"), "ngay_hh": days("2027-02-28")}, []),
        (
            "nnmt_ocop",
            {"ngay_hh": days("2024-05-09")},
            [
                ("ngay_het_han", "rule.active_after_expiry"),
                ("ngay_het_han", "rule.date_order"),
                ("ngay_het_han", "rule.ocop_term"),
            ],
        ),
        ("nnmt_ocop", {"dvt": "ha"}, [("don_vi_san_luong", "rule.unit_mismatch")]),
        ("nnmt_ocop", {"dvt": "chai"}, []),
    ],
)
def test_a_record_that_contradicts_itself_is_told_where(
    dataset: str, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    assert _found(dataset, **changes) == problems


def test_a_rule_that_reads_a_refused_field_is_silent() -> None:
    assert _found("tp_khai_sinh", ngaysinh="x", so_ks="1/2025") == [
        ("so_dang_ky", "rule.register_year"),
        ("ngay_sinh", "type.invalid"),
    ]


def test_a_warning_leaves_the_record_clean_and_stands_in_its_flags() -> None:
    found = judge_row("nnmt_ocop", ngay_hh=days("2027-05-11"))
    assert found.accepted
    assert "rule.ocop_term:ngay_het_han" in found.flags
    assert [problem.severity for problem in found.problems] == [Severity.WARN]


def test_amount_and_unit_are_converted_and_both_originals_kept() -> None:
    values = values_of("nnmt_ocop", judge_row("nnmt_ocop", san_luong="0,0005", dvt="tạ"))
    assert (values["san_luong_nam"], values["don_vi_san_luong"]) == (None, "kg")
    values = values_of("nnmt_ocop", judge_row("nnmt_ocop", san_luong="12,5", dvt="Tạ"))
    kept = ("san_luong_nam", "san_luong_nam_goc", "don_vi_san_luong", "don_vi_san_luong_goc")
    assert [values[name] for name in kept] == ["1250", "12.5", "kg", "ta"]


def test_an_amount_too_great_after_conversion_is_refused() -> None:
    assert _found("nnmt_ocop", san_luong="99999999999", dvt="tấn") == [
        ("san_luong_nam", "number.range")
    ]


def test_an_abandoned_group_is_named_in_its_sentence() -> None:
    problem = judge_row("tp_khai_sinh", cha_dt=None).problems[0]
    assert "về người cha" in problem.message


@pytest.mark.parametrize("name", sorted(CLEAN))
def test_every_condition_a_contract_names_exists_and_reads_its_fields(name: str) -> None:
    dataset = CATALOGUE[name]
    named = [item.condition for item in dataset.fields if item.condition]
    named += [dataset.open_when] if dataset.open_when else []
    fields = {item.name for item in dataset.fields}
    assert all(set(CONDITIONS[condition].inputs) <= fields for condition in named)
