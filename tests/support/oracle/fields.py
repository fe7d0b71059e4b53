"""Stage 3 of DOMAIN.md 1: each field alone, from the column to its canonical value."""

from typing import Any

from schemas.contract import Field
from support.oracle import dates, numbers
from support.oracle.cell import Cell
from support.oracle.coded import CODED, judge_code, judge_identifier, judge_place, known_code
from support.oracle.context import Context
from support.oracle.lookups import words_for_missing
from support.oracle.sources import TEXTUAL, source_of
from support.oracle.text import clean
from support.oracle.typed import judge_boolean, judge_date, judge_number

PLACES = ("commune", "commune_name", "province", "district")
DATES = ("date", "partial_date", "timestamp")
NUMBERS = ("integer", "decimal")


def consider(field: Field, raw: Any, context: Context) -> Cell:  # noqa: ANN401, PLR0911  a return a stage
    """Judge *raw*, the column's value (None where it is null or absent)."""
    cell = Cell()
    raw = _text_of_number(field, raw)
    typed = isinstance(raw, _Digits)
    if isinstance(raw, str) and source_of(field) in ("date", "local"):
        return _text_for_date(raw, cell)  # docs/decisions: at once, whatever the text
    if isinstance(raw, str) and field.kind == "boolean" and source_of(field) not in TEXTUAL:
        return cell.refuse("type.invalid")
    if isinstance(raw, str):
        cleaned = clean(raw, field)
        found = known_code(field, cleaned.text, context)
        problems = [p for p in cleaned.problems if not (found and p == "text.homoglyph")]
        if problems:
            return cell.refuse(*problems)
        raw = cleaned.text
        cell.flags += cleaned.flags
        if not found and _is_missing(field, raw, context):
            cell.flags = [flag for flag in cell.flags if flag != "NAME_CASED"]
            return _missing(field, raw, cell)
        if not typed and not _takes_text(field):
            return _odd_text(field, raw, cell)
    elif raw is not None and _is_missing_number(field, raw):
        cell.flags.append("PLACEHOLDER_NULL")
        return cell
    if raw is None:
        cell.value = False if field.options.empty == "false" and field.kind == "boolean" else None
        return cell
    return _judge(field, raw, cell, context)


def _takes_text(field: Field) -> bool:
    source = source_of(field)
    return source in (*TEXTUAL, "numeric", "zoned")


def _text_of_number(field: Field, raw: Any) -> Any:  # noqa: ANN401
    """An integer that feeds a code, or where `numeric=ok`, is its decimal text (section 3)."""
    source = source_of(field)
    if source == "xlsx number" and isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        return raw
    feeds = field.kind in (*CODED, *PLACES, "vsic") and source != "text"
    if feeds or (source == "text" and field.options.numeric_ok):
        return _Digits(numbers.digits(raw))
    return raw


class _Digits(str):
    """The decimal text of a number that the source typed."""

    __slots__ = ()


def _odd_text(field: Field, raw: str, cell: Cell) -> Cell:
    """Text in a typed column."""
    source = source_of(field)
    endless = source == "double" and numbers.ENDLESS.fullmatch(raw)
    listed = numbers.NOT_FINITE in field.rules
    return cell.refuse(numbers.NOT_FINITE if endless and listed else numbers.TYPE)


def _text_for_date(raw: str, cell: Cell) -> Cell:
    """Text in a typed date: MariaDB's zero date, or wrong."""
    if raw.strip() in dates.ZERO:
        cell.flags.append("ZERO_DATE")
        return cell
    return cell.refuse("type.invalid")


def _is_missing(field: Field, text: str, context: Context) -> bool:
    if field.kind == "boolean":
        named = tuple(word for word in field.options.placeholders if word != "default")
        return text in ("", *named) if field.options.empty == "false" else text in named
    if field.kind in DATES and text in dates.ZERO:
        return True
    return text.casefold() in words_for_missing(context.codes, field.options.placeholders)


def _missing(field: Field, text: str, cell: Cell) -> Cell:
    if field.kind == "boolean" and text == "":
        cell.value = False
        return cell
    zero = field.kind in DATES and text in dates.ZERO
    cell.flags.append("ZERO_DATE" if zero else "PLACEHOLDER_NULL")
    return cell


def _is_missing_number(field: Field, raw: Any) -> bool:  # noqa: ANN401
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return False
    declared = [word for word in field.options.placeholders if word not in ("default", "none")]
    for word in declared:
        try:
            if numbers.equal(raw, word):
                return True
        except ValueError:
            continue
    return False


def _judge(field: Field, raw: Any, cell: Cell, context: Context) -> Cell:  # noqa: ANN401, PLR0911  a return a stage
    """Type, range, code and identifier of what is neither null nor missing."""
    if field.kind == "boolean":
        return judge_boolean(field, raw, cell, context)
    if field.kind in NUMBERS:
        return judge_number(field, raw, cell)
    if field.kind in DATES:
        return judge_date(field, raw, cell, context)
    if not isinstance(raw, str):
        return cell.refuse("type.invalid")
    if field.kind in CODED:
        return judge_code(field, raw, cell, context)
    if field.kind in PLACES:
        return judge_place(field, raw, cell, context)
    return judge_identifier(field, raw, cell, context)
