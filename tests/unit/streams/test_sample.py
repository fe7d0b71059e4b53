"""`suoi validate`: one answer a line, in the shape outside checks rely on."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from support.judging import CATALOGUE, CLEAN, NOW, validator_of

from infra.errors import Usage
from streams.days import instant
from streams.sample import LONGEST_LINE, lines_of, validate_lines
from suoi.validate import commit_time, validate


def _answers(*lines: bytes, dataset: str = "nnmt_ocop") -> list[dict[str, Any]]:
    return list(validate_lines(CATALOGUE[dataset], validator_of(dataset), lines, NOW))


def _line(**changes: Any) -> bytes:  # noqa: ANN401
    return json.dumps(CLEAN["nnmt_ocop"] | changes).encode()


def test_a_clean_line_shows_the_canonical_record() -> None:
    (answer,) = _answers(_line())
    assert list(answer) == ["line", "outcome", "record", "problems"]
    assert (answer["line"], answer["outcome"], answer["problems"]) == (1, "clean", [])
    assert answer["record"]["ngay_cong_nhan"] == "2024-05-10"
    assert answer["record"]["cap_nhat_luc"] == "2026-03-11T01:00:00Z"
    assert answer["record"]["san_luong_nam"] == "1234500"
    assert answer["record"]["truy_xuat_nguon_goc"] is True


def test_a_refused_line_shows_problems_and_no_record() -> None:
    (answer,) = _answers(_line(sao=9))
    assert answer["record"] is None
    assert answer["problems"] == [
        {
            "code": "number.range",
            "field": "so_sao",
            "severity": "reject",
            "message": "Số sao nằm ngoài khoảng cho phép; cần từ 3 đến 5.",
        }
    ]


@pytest.mark.parametrize(
    "line", [b"{", b"[1]", b"17", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_a_line_that_is_no_row_is_undecodable(line: bytes) -> None:
    (answer,) = _answers(line)
    assert (answer["outcome"], answer["record"]) == ("reject", None)
    assert [problem["code"] for problem in answer["problems"]] == ["envelope.undecodable"]


@pytest.mark.parametrize(
    "changes",
    [
        {"ghi": "x" * (1 << 20)},
        {f"c{n}": 1 for n in range(500)},
        {"ghi": json.loads("[" * 21 + "]" * 21)},
    ],
)
def test_a_row_over_the_limits_is_not_judged(changes: dict[str, Any]) -> None:
    (answer,) = _answers(_line(**changes))
    assert [problem["code"] for problem in answer["problems"]] == ["size.record"]


def test_a_large_column_placeholder_is_refused_in_its_field() -> None:
    (answer,) = _answers(_line(ten_sp="__debezium_unavailable_value"))
    assert [(p["field"], p["code"]) for p in answer["problems"]] == [
        ("ten", "envelope.toast_unresolved")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"ten_xa": "__debezium_unavailable_value"},
        {"ten_sp": "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="},
    ],
)
def test_a_hole_is_seen_as_streams_sees_it(changes: dict[str, Any]) -> None:
    """A companion column and the form for bytes too; judged, both would pass for values."""
    (answer,) = _answers(_line(**changes))
    assert [p["code"] for p in answer["problems"]] == ["envelope.toast_unresolved"]  # Invariant 7


def test_a_row_too_deep_to_be_read_is_too_large() -> None:
    nested = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    (answer,) = _answers(nested)
    assert [problem["code"] for problem in answer["problems"]] == ["size.record"]


def test_escapes_and_spaces_do_not_make_a_row_large() -> None:
    spaced = _line() + b" " * (1 << 20)
    (answer,) = _answers(spaced)
    assert answer["outcome"] == "clean"


class _Metered(io.BytesIO):
    """A file that knows the longest answer it gave."""

    longest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.longest = max(self.longest, len(line))
        return line


def test_an_endless_line_is_never_held_whole() -> None:
    file = _Metered(b'{"a": "' + b"x" * (3 * LONGEST_LINE) + b'"}\n' + _line() + b"\n" + _line())
    first, *others = _answers(*lines_of(file))
    assert [problem["code"] for problem in first["problems"]] == ["size.record"]
    assert [(one["line"], one["outcome"]) for one in others] == [(2, "clean"), (3, "clean")]
    assert file.longest == LONGEST_LINE + 1


def test_lines_are_counted_from_one_and_an_unknown_column_is_told_once() -> None:
    answers = _answers(_line(moi=1), b"\n", _line(moi=2), _line(moi=3, khac=1))
    assert [answer["line"] for answer in answers] == [1, 3, 4]
    assert [[p["field"] for p in answer["problems"]] for answer in answers] == [
        ["moi"],
        [],
        ["khac"],
    ]


def test_the_commit_time_may_name_its_zone_or_be_a_day() -> None:
    assert commit_time("2026-03-11T10:00:00Z") == instant("2026-03-11T10:00:00+00:00")
    assert commit_time("2026-03-11T10:00:00") == instant("2026-03-11T03:00:00+00:00")
    assert commit_time("2026-03-11") == instant("2026-03-11T16:59:59.999999+00:00")
    with pytest.raises(Usage, match="--as-of"):
        commit_time("hôm qua")


def test_a_dataset_nobody_knows_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="no dataset 'khong_co'"):
        validate("khong_co", tmp_path / "x.jsonl")


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="cannot be read"):
        validate("nnmt_ocop", tmp_path / "x.jsonl")
