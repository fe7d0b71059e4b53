"""Every reason has one severity and one Vietnamese sentence that reads well whatever is known."""

import re

import pytest

from schemas.reasons import HIDDEN, REASONS, Reason
from schemas.records import Severity


def test_the_vocabulary_is_whole() -> None:
    assert len(REASONS) == 68
    assert REASONS["field.missing"].severity is Severity.REJECT
    assert REASONS["code.not_yet_valid"].severity is Severity.WARN


@pytest.mark.parametrize("reason", REASONS.values(), ids=str)
def test_a_sentence_has_no_gap_left_and_ends_like_one(reason: Reason) -> None:  # Invariant 5
    for said in (reason.sentence(), reason.sentence(field="Ngày sinh", value="7", expected="số")):
        assert not re.search(r"[{}]", said)
        assert said[0] == said[0].upper()
        assert said.endswith(".")


def test_a_sentence_names_the_field_and_what_was_expected() -> None:
    said = REASONS["field.missing_conditional"].sentence(field="Tên", expected="không có họ")
    assert said == "Chưa nhập Tên; thông tin này bắt buộc khi không có họ."


def test_a_value_that_is_not_given_is_hidden() -> None:  # Invariant 6
    assert f"giá trị {HIDDEN} không" in REASONS["code.unknown"].sentence(field="Dân tộc")


def test_a_value_that_looks_like_a_gap_is_said_as_it_is() -> None:
    said = REASONS["code.unknown"].sentence(field="Loại", value="{expected}", expected="loại")
    assert said == "Loại có giá trị {expected} không có trong danh mục loại."


def test_a_problem_carries_code_field_severity_and_sentence() -> None:
    problem = REASONS["field.missing"].problem("ho", "Họ")
    assert (problem.code, problem.field, problem.severity) == (
        "field.missing",
        "ho",
        Severity.REJECT,
    )
    assert problem.message == "Chưa nhập Họ; đây là thông tin bắt buộc."
