"""Fields whose value is a code of a list, and booleans written in words or as 0 and 1."""

from collections.abc import Callable
from typing import Any

from schemas.codes import CodeLists
from streams import words
from streams.dates import parse_date
from streams.lookups import (
    AMBIGUOUS,
    EXPIRED,
    NOT_YET,
    UNDETERMINED,
    CodeTable,
    Found,
    code_table,
)
from streams.notes import BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.texts import digits, invalid, keep, text_reader, vanished
from streams.text import refine_text

_HOMOGLYPH = "text.homoglyph"
Reader = Callable[[object, Notes], Any]


def table_of(plan: Plan, codes: CodeLists) -> CodeTable:
    """Return the code table of *plan*'s field."""
    return code_table(
        codes, plan.item.code_list or "boolean", plan.item.options.code_system or "canonical"
    )


def code_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge codes: crosswalk first, then missing value, then code.unknown (DOMAIN.md 6, 8)."""
    table, said = table_of(plan, codes), code_reader(plan)
    unanswered = UNDETERMINED if plan.mandatory and plan.item.kind == "ethnic" else None

    def refine(raw: object, notes: Notes, day: Any = None) -> Any:  # noqa: ANN401
        text, suspects = said(raw, notes)
        if text is None or text is BAD:
            return text
        found = _find(plan, table, text)
        if found.code is None:
            return unfound(plan, (raw, text), (found, suspects), notes)
        if found.code == unanswered:
            return None
        if not valid(plan, table.dated.get(found.code), notes, day):
            return BAD
        return mapped(plan, (raw, text), found.code, notes)

    return refine


def code_reader(plan: Plan) -> Callable[[object, Notes], tuple[Any, bool]]:
    """Return what reads a code's column: (raw, notes) -> (text, None or BAD), and a suspicion.

    An integer column that feeds a code is taken as its decimal text; a number in a textual column
    is no code. A cell of a spreadsheet may hold either.
    """
    number = plan.wire in {"integer", "json number"}
    nothing = text_reader(plan)
    takes_numbers = number or plan.wire == "cell" or plan.item.options.numeric_ok

    def read(raw: object, notes: Notes) -> tuple[Any, bool]:
        if raw is None:
            return None, False
        if takes_numbers and type(raw) is int:
            return digits(raw), False
        if plan.wire == "cell" and type(raw) is float and raw.is_integer():
            return digits(int(raw)), False
        if not isinstance(raw, str) or (number and plan.item.kind == "boolean"):
            return invalid(plan, notes), False
        if number:
            return _said_nothing(plan, nothing(raw, notes), notes), False
        return _written(plan, raw, notes)

    return read


def _written(plan: Plan, raw: str, notes: Notes) -> tuple[Any, bool]:
    text, codes, flags = refine_text(raw, plan.text)
    if any(code != _HOMOGLYPH for code in codes):
        notes.faults.extend(plan.pen.fault(code) for code in codes)
        return BAD, False
    notes.flags.extend(map(plan.flag, flags))
    return text, bool(codes)


def _said_nothing(plan: Plan, text: Any, notes: Notes) -> Any:  # noqa: ANN401  text, None or BAD
    """Judge text in a column of numbers: no code, but it may stand for nothing (DOMAIN.md 8)."""
    return invalid(plan, notes) if isinstance(text, str) else text


def _find(plan: Plan, table: CodeTable, text: str) -> Found:
    found = table.find(padded(plan, text))
    if found.code is None and table.a_date is not None:
        formats = plan.item.options.date_formats
        return found if parse_date(text, formats, "date").code else Found(table.a_date)
    return found


def padded(plan: Plan, text: str) -> str:
    """Return *text* with the declared zeros before it, if it is made of digits."""
    pad = plan.item.options.pad
    return text.zfill(pad) if pad and text.isascii() and text.isdigit() else text


def unfound(plan: Plan, sent: tuple[object, str], why: tuple[Found, bool], notes: Notes) -> Any:  # noqa: ANN401
    """Judge a value that no list knows: nothing at all, a foreign letter, or an unknown code."""
    (raw, text), (found, suspect) = sent, why
    if text.casefold() in plan.nothing:
        return vanished(plan, raw, notes)
    if suspect:
        return notes.refuse(plan.pen.fault(_HOMOGLYPH))
    expected = (
        words.ETHNIC_LISTS if found.reason == AMBIGUOUS else words.of_list(plan.item.code_list)
    )
    return notes.refuse(plan.pen.fault(found.reason, expected, text))


def mapped(plan: Plan, sent: tuple[object, str], code: str, notes: Notes) -> str:
    """Return *code*, and write down how the value sent differs from it."""
    raw, text = sent
    full = padded(plan, text)
    if full != text:
        notes.flags.append(plan.flag("PADDED"))
    if full != code:
        notes.flags.append(plan.flag("CODE_MAPPED"))
    keep(plan, digits(raw) if type(raw) is int else raw, code, notes)
    return code


def event_day(plan: Plan, notes: Notes, day: object) -> int | None:
    """Return the day of the event: *day* where a field is named, else that of the commit."""
    when = notes.today if plan.item.options.event_date in {None, "event_day"} else day
    return when if isinstance(when, int) else None


def valid(plan: Plan, validity: tuple[int, int] | None, notes: Notes, day: object) -> bool:
    """Judge a code by the day of the event; a day that is refused or missing judges nothing."""
    when = event_day(plan, notes, day)
    if validity is None or when is None:
        return True
    if when < validity[0]:
        notes.faults.append(plan.pen.fault(NOT_YET))
    if when > validity[1]:
        notes.faults.append(plan.pen.fault(EXPIRED))
    return when <= validity[1]


def boolean_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge yes or no: typed, or by crosswalks/boolean.csv; here "không" is an answer."""
    system = plan.item.options.code_system
    table = code_table(codes, "boolean", system) if system else None
    said, empty = (
        code_reader(plan),
        {"false": False, "true": True}.get(plan.item.options.empty or ""),
    )

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        if type(raw) is bool and (table is None or plan.wire == "boolean"):
            return raw
        if raw is not None and table is None:
            return invalid(plan, notes)
        text, suspect = said(raw, notes)
        if text is BAD or (text is None and empty is None):
            return text
        if not text:
            return empty
        code = table.find(text).code if table else None
        if code is None:
            return notes.refuse(plan.pen.fault(_HOMOGLYPH)) if suspect else invalid(plan, notes)
        if isinstance(raw, str):
            keep(plan, raw, code, notes)
        return code == "true"

    return refine
