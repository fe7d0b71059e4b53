"""Judging records without a stack: what `suoi validate` shows, line by line (DESIGN.md 9).

A line is a row image as Debezium's JSON has it with our settings, or as the file or push gives it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from schemas.contract import Column, Dataset
from schemas.reasons import REASONS
from schemas.records import Problem, Row
from streams.compiler import Validator
from streams.days import day_text, instant_text
from streams.envelope import (
    DEEPEST,
    EXPECTED_SIZE,
    LARGEST_ROW,
    MOST_FIELDS,
    depth,
)
from streams.holes import unresolved
from streams.judgement import UNKNOWN_COLUMN, Judgement

LONGEST_LINE = 8 * LARGEST_ROW
"""Bytes of a line that is read at all: a row of 1 MiB fits even with every letter escaped."""

_SHOWN: dict[str, Callable[[int], str]] = {"date": day_text, "timestamp": instant_text}


def validate_lines(
    dataset: Dataset, validator: Validator, lines: Iterable[bytes], source_ts: int
) -> Iterator[dict[str, Any]]:
    """Yield the answer to each line that is not blank: line (from 1), outcome, record, problems.

    *source_ts* is the commit time of every record, µs since the epoch. A column the contract does
    not know is told once, on the first line that has it (DOMAIN.md 1, stage 2).
    """
    told: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.strip():
            answer = _answer(dataset, validator, line, source_ts)
            answer["problems"] = list(_news(answer["problems"], told))
            yield {"line": number, **answer}


def _news(problems: Iterable[Problem], told: set[str]) -> Iterator[dict[str, str]]:
    for problem in problems:
        if problem.code == UNKNOWN_COLUMN:
            if problem.field in told:
                continue
            told.add(problem.field)
        yield {
            "code": problem.code,
            "field": problem.field,
            "severity": problem.severity.value,
            "message": problem.message,
        }


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of *file*; of one longer than LONGEST_LINE only so much that it is known."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)


def _answer(dataset: Dataset, validator: Validator, line: bytes, source_ts: int) -> dict[str, Any]:
    row = _row(line)
    problems = _unreadable(dataset, line, row)
    if problems or not isinstance(row, dict):
        return {"outcome": "reject", "record": None, "problems": problems}
    judgement = validator.judge(row, source_ts)
    record = canonical(dataset.columns, judgement) if judgement.accepted else None
    outcome = "clean" if judgement.accepted else "reject"
    return {"outcome": outcome, "record": record, "problems": judgement.problems}


def canonical(columns: Iterable[Column], judgement: Judgement) -> dict[str, Any]:
    """Return an accepted record as JSON shows it: YYYY-MM-DD, moments with Z, decimals as text."""
    pairs = zip(columns, judgement.values, strict=True)
    return {
        column.name: _SHOWN[column.type](value)
        if column.type in _SHOWN and value is not None
        else value
        for column, value in pairs
    }


class _TooLarge:
    """In place of a row: it is not even read."""


def _row(line: bytes) -> Row | _TooLarge | None:
    """Return the object of *line*; None if it is none."""
    if len(line) > LONGEST_LINE:
        return _TooLarge()
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        return None
    except RecursionError:
        return _TooLarge() if line.lstrip(b"\xef\xbb\xbf \t\r")[:1] == b"{" else None
    return row if isinstance(row, dict) else None


def _unreadable(dataset: Dataset, line: bytes, row: Row | _TooLarge | None) -> tuple[Problem, ...]:
    """Return what ends the judgement before it begins: stage 1 of DOMAIN.md 1."""
    if row is None:
        return (REASONS["envelope.undecodable"].problem("", dataset.title),)
    if isinstance(row, _TooLarge) or _over_limits(line, row):
        return (REASONS["size.record"].problem("", dataset.title, expected=EXPECTED_SIZE),)
    return unresolved(dataset, row)


def _over_limits(line: bytes, row: Row) -> bool:
    if len(row) > MOST_FIELDS or depth(row) > DEEPEST:
        return True
    return len(line) > LARGEST_ROW and _size(row) > LARGEST_ROW


def _size(row: Row) -> int:
    """Bytes of *row* without the spaces and escapes of the line it came in, as streams counts."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))
