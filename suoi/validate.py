"""`suoi validate DATASET FILE.jsonl`: judge records without a stack, by the stream's rules."""

import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.errors import Usage
from schemas.contract import Dataset
from streams.compiler import Validator
from streams.sample import lines_of, validate_lines
from suoi.law import chosen_dataset, compiled, read_law

_VIETNAM = timezone(timedelta(hours=7))
_YEARS = range(1900, 2200)


def validate(
    dataset: Annotated[str, typer.Argument(help="id of a dataset, for instance tp_khai_sinh")],
    file: Annotated[
        Path, typer.Argument(help="JSON lines, a row image each; - reads standard input")
    ],
    as_of: Annotated[
        str | None, typer.Option(help="commit time of the records, ISO 8601; now if absent")
    ] = None,
    _json: Annotated[
        bool, typer.Option("--json", help="JSON lines, which is what is printed anyway")
    ] = True,
) -> None:
    """Judge each line of FILE by the contract of DATASET; exit 1 if any is refused."""
    source_ts = commit_time(as_of)
    wanted, validator = _compiled(dataset)
    refused, count = False, 0
    with _opened(file) as lines:
        for answer in validate_lines(wanted, validator, lines_of(lines), source_ts):
            count += 1
            refused = refused or answer["outcome"] == "reject"
            text = json.dumps(answer, ensure_ascii=False) + "\n"
            sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    if not count:
        typer.echo(f"suoi: {file} holds no record: there was nothing to judge.", err=True)
    if refused:
        raise typer.Exit(1)


def commit_time(as_of: str | None) -> int:
    """Return *as_of* in µs; a time without a zone is Việt Nam's, a bare day its last moment.

    Raises:
        Usage: it is no ISO 8601 date or time.
    """
    if as_of is None:
        return time.time_ns() // 1000
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        message = f"--as-of {as_of!r} is not a date or time; write it like 2026-03-11T10:00:00Z."
        raise Usage(message) from None
    if moment.year not in _YEARS:
        said = f"a year from {_YEARS.start} to {_YEARS.stop - 1}"
        message = f"--as-of {as_of!r} is no time of a commit; give {said}."
        raise Usage(message)
    if as_of.replace("-", "").isalnum() and "T" not in as_of:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=_VIETNAM)
    return (zoned - datetime.fromtimestamp(0, tz=_VIETNAM)) // timedelta(microseconds=1)


def _compiled(name: str) -> tuple[Dataset, Validator]:
    found = chosen_dataset(read_law(), name)
    return found, compiled(found)


def _opened(file: Path) -> Any:  # noqa: ANN401  a binary file, or standard input
    try:
        if str(file) == "-":
            return os.fdopen(os.dup(0), "rb")
        return file.open("rb")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}. Give a file of JSON lines."
        raise Usage(message) from None
