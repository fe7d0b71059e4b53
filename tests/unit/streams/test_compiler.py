"""The compiled judge of whole records: all problems, no exception, one answer by every path."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.contracts import a_dataset, a_field
from support.judging import (
    CATALOGUE,
    CLEAN,
    CODES,
    NOW,
    codes_of,
    judge_row,
    validator_of,
    values_of,
)

from schemas.contract import Options
from schemas.records import Severity
from streams import fast
from streams.compiler import compile_dataset
from streams.days import days
from streams.judgement import MOST_PROBLEMS, Judgement

DATASETS = sorted(CLEAN)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=20)
    | st.sampled_from(
        ("", "-", "0", "03646", "29/02/2023", "NaN", "0000-00-00", "không", "\ud800", "a\u0301" * 5)
    )
    | st.from_regex(r"[0-9]{0,13}[/. -]?[0-9]{0,4}", fullmatch=True),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def careful() -> dict[str, Any]:
    """Each dataset's judge compiled without any fast path."""
    usual, fast.FAST = fast.FAST, {}
    try:
        return {name: compile_dataset(CATALOGUE[name], CODES) for name in DATASETS}
    finally:
        fast.FAST = usual


@pytest.mark.parametrize("name", DATASETS)
def test_a_clean_record_has_no_problem_and_a_value_for_each_column(name: str) -> None:
    found = judge_row(name)
    assert found.accepted
    assert found.problems == ()
    assert len(found.values) == len(CATALOGUE[name].columns)


@pytest.mark.parametrize("name", DATASETS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_json_value_in_any_column_raises_and_every_path_agrees(
    name: str, careful: dict[str, Any], data: st.DataObject
) -> None:
    columns = sorted(CLEAN[name])
    some = data.draw(st.lists(st.sampled_from(columns), min_size=1, max_size=4, unique=True))
    row = CLEAN[name] | {column: data.draw(_JSON) for column in some}
    first = validator_of(name).judge(row, NOW)
    assert first == validator_of(name).judge(row, NOW)
    assert _same(first, careful[name].judge(row, NOW))
    assert None not in [problem.message for problem in first.problems]


def _same(first: Judgement, second: Judgement) -> bool:
    return (first.values, first.problems, sorted(first.flags), first.originals) == (
        second.values,
        second.problems,
        sorted(second.flags),
        second.originals,
    )


@pytest.mark.parametrize("name", DATASETS)
def test_an_empty_row_names_every_mandatory_column_as_absent(name: str) -> None:
    found = validator_of(name).judge({}, NOW)
    absent = [problem.field for problem in found.problems if problem.code == "schema.missing_field"]
    wanted = [item for item in CATALOGUE[name].fields if item.requirement == "M"]
    assert absent == [item.name for item in wanted for _ in item.columns]


@pytest.mark.parametrize("name", DATASETS)
def test_a_row_of_nulls_names_every_mandatory_field_as_missing(name: str) -> None:
    found = validator_of(name).judge(dict.fromkeys(CLEAN[name]), NOW)
    missing = {problem.field for problem in found.problems if problem.code == "field.missing"}
    answered = {"yeu_to_nuoc_ngoai"}  # an empty cell there means no
    wanted = {item.name for item in CATALOGUE[name].fields if item.requirement == "M"}
    assert missing == wanted - answered


def test_spaces_are_collapsed_on_every_path() -> None:
    found = judge_row("tp_khai_sinh", que_quan="Bản  Nà Ngần", ho=" Lò", so_gcs="A  1")
    values = values_of("tp_khai_sinh", found)
    kept = [values[name] for name in ("que_quan", "ho", "so_giay_chung_sinh")]
    assert kept == ["Bản Nà Ngần", "Lò", "A 1"]
    assert [flag for flag in found.flags if flag.startswith("TRIMMED")] == [
        "TRIMMED:ho",
        "TRIMMED:que_quan",
        "TRIMMED:so_giay_chung_sinh",
    ]


def test_all_problems_are_named_sorted_by_field_and_code() -> None:
    found = judge_row("nnmt_ocop", sao=9, trang_thai="xyz", ma_sp=None, ten_sp="a\x00\u202eb")
    assert [(p.field, p.code) for p in found.problems] == [
        ("ma_san_pham", "field.missing"),
        ("ten", "text.bidi"),
        ("ten", "text.nul"),
        ("so_sao", "number.range"),
        ("trang_thai", "code.unknown"),
    ]


def test_a_refused_field_is_null_and_the_others_keep_their_values() -> None:
    found = judge_row("nnmt_ocop", sao=9)
    values = values_of("nnmt_ocop", found)
    assert values["so_sao"] is None
    assert values["ma_xa"] == "03646"


def test_a_column_nobody_declared_is_told_once_and_does_not_refuse_the_record() -> None:
    found = judge_row("nnmt_ocop", moi="x")
    assert [(p.code, p.field, p.severity) for p in found.problems] == [
        ("schema.unknown_field", "moi", Severity.WARN)
    ]
    assert found.accepted


def test_an_untaken_column_is_ignored() -> None:
    dataset = CATALOGUE["tp_khai_sinh"]
    assert "ghi_chu" in dataset.untaken
    assert judge_row("tp_khai_sinh", ghi_chu="__debezium_unavailable_value").problems == ()


def test_an_absent_column_of_an_optional_field_reads_as_null() -> None:
    assert judge_row("tp_khai_sinh", dem=..., so_gcs=...).problems == ()


def test_a_personal_value_is_in_no_sentence() -> None:
    found = judge_row("tp_khai_sinh", gt="Bí mật", sddcn="12345", qt="Nước Bí Mật")
    said = " ".join(problem.message for problem in found.problems)
    assert "Bí" not in said
    assert "12345" not in said
    assert "(đã che)" in said


def test_a_value_that_is_not_personal_is_shown_in_its_sentence() -> None:
    found = judge_row("tp_khai_sinh", loai="ZZ")
    assert "ZZ" in found.problems[0].message


def test_at_most_a_hundred_problems_are_named() -> None:
    extra = {f"cot_{number:03}": 1 for number in range(150)}
    assert len(judge_row("nnmt_ocop", **extra).problems) == MOST_PROBLEMS


def test_today_is_the_local_day_of_the_commit_and_never_the_clock() -> None:
    late = days("2026-03-11") * 86_400_000_000 + 84_600_000_000  # 23:30 UTC is the 12th in Sơn La
    row = CLEAN["tp_khai_sinh"] | {"ngay_dk": days("2026-03-12")}
    assert validator_of("tp_khai_sinh").judge(row, late).accepted
    assert codes_of(validator_of("tp_khai_sinh").judge(row, late - 7 * 3_600_000_000)) == [
        "date.range"
    ]


def test_fields_that_read_one_another_in_a_ring_are_no_contract() -> None:
    first = a_field("cccd", name="a", columns=("a",), options=Options(birth="b"))
    second = a_field("cccd", name="b", columns=("b",), options=Options(birth="a"))
    with pytest.raises(LookupError, match="read one another"):
        compile_dataset(a_dataset(first, second), CODES)


@pytest.mark.parametrize("name", DATASETS)
def test_the_generated_code_names_every_field_and_never_the_contract(name: str) -> None:
    source = validator_of(name).source
    assert all(f"# {item.name}: {item.title}" in source for item in CATALOGUE[name].fields)
    assert "options" not in source


@pytest.mark.parametrize("name", DATASETS)
def test_its_own_output_is_judged_the_same_again_under_canonical_options(name: str) -> None:
    values = values_of(name, judge_row(name))
    plain = Options(code_system="canonical", date_formats=("iso",))
    facts = {"source_type": "varchar(500)", "options": plain, "requirement": "O"}
    fields = [
        dataclasses.replace(item, columns=(item.name,), **facts)
        for item in CATALOGUE[name].fields
        if isinstance(values[item.name], str) and item.kind not in ("commune_name", "decimal")
    ]
    again = a_dataset(*fields)
    found = compile_dataset(again, CODES).judge({f.name: values[f.name] for f in fields}, NOW)
    given = dict(zip([column.name for column in again.columns], found.values, strict=True))
    assert {f.name: given[f.name] for f in fields} == {f.name: values[f.name] for f in fields}
    assert found.problems == ()
    assert found.originals == {}
