"""Judging records without a stack: what `suoi validate` shows, line by line (DESIGN.md 9).

A line is a row image as Debezium's JSON has it with our settings, or as the file or push gives it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from schemas.contract import Column, Dataset
from schemas.reasons import REASONS
from schemas.records import Problem, Row
from streams.compiler import Validator
from streams.days import day_text, instant_text
from streams.judgement import UNKNOWN_COLUMN, Judgement

MAX_BYTES = 1 << 20
MAX_FIELDS = 500
MAX_DEPTH = 20
PLACEHOLDER = "__debezium_unavailable_value"
_LIMITS = "1 MiB, 500 trường, 20 tầng lồng nhau"
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


def _answer(dataset: Dataset, validator: Validator, line: bytes, source_ts: int) -> dict[str, Any]:
    row = _row(line)
    problems = tuple(_unreadable(dataset, line, row))
    if problems or row is None:
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


def _row(line: bytes) -> Row | None:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _unreadable(dataset: Dataset, line: bytes, row: Row | None) -> Iterator[Problem]:
    """Yield what ends the judgement before it begins: stage 1 of DOMAIN.md 1."""
    if row is None:
        yield REASONS["envelope.undecodable"].problem("", dataset.title)
    elif len(line) > MAX_BYTES or len(row) > MAX_FIELDS or _deeper(row, MAX_DEPTH):
        yield REASONS["size.record"].problem("", dataset.title, expected=_LIMITS)
    else:
        for item in dataset.fields:
            if any(row.get(column) == PLACEHOLDER for column in item.columns):
                yield REASONS["envelope.toast_unresolved"].problem(item.name, item.title)


def _deeper(value: object, depth: int) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth == 0 or any(_deeper(part, depth - 1) for part in inner)
    return False
