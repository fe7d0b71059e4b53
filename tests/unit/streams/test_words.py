"""What an officer is told was expected: the words fit the field, and the column it came from."""

from typing import Any

from support.corpus import bases
from support.judging import validator_of


def _said(dataset: str, **changes: Any) -> list[str]:  # noqa: ANN401
    row, at = bases()[dataset]
    return [one.message for one in validator_of(dataset).judge(row | changes, at).problems]


def test_a_whole_number_is_shown_without_a_fraction() -> None:
    assert _said("stc_doanh_nghiep", von="nhiều") == [
        "Vốn điều lệ (đồng) không phải số viết theo quy ước đã khai báo; cần nhập dạng 1.234."
    ]
    assert _said("nnmt_ocop", san_luong="nhiều") == [
        "Sản lượng năm không phải số viết theo quy ước đã khai báo; cần nhập dạng 1.234,5."
    ]


def test_limits_are_written_as_the_column_writes_its_numbers() -> None:
    assert _said("stc_doanh_nghiep", von="-1") == [
        "Vốn điều lệ (đồng) nằm ngoài khoảng cho phép; cần từ 0 đến 999.999.999.999.999."
    ]
    (said,) = _said("nnmt_thua_dat", dien_tich="0", dt_dat_o=None)
    assert "cần từ 0.01 đến 100000000 (không quá 2 chữ số thập phân)." in said


def test_a_moment_may_lie_until_the_record_was_made_not_until_midnight() -> None:
    row, _ = bases()["nnmt_ocop"]
    (said,) = _said("nnmt_ocop", cap_nhat=row["cap_nhat"] + 10**12)
    assert said.endswith("(từ 01/01/2000 đến lúc ghi nhận).")


def test_an_identifier_that_came_as_a_number_is_not_asked_for_letters() -> None:
    """In Vietnamese "chữ" alone means letters; a personal number has none."""
    assert _said("ca_ly_lich_tu_phap", soDinhDanh=14193000001) == [
        "Số định danh cá nhân không đúng kiểu dữ liệu; cần nhập văn bản, không phải kiểu số."
    ]
