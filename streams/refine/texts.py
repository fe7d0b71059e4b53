"""What every textual column goes through: type, text rules, missing value, original kept."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from schemas.codes import CodeLists
from schemas.reasons import REASONS
from schemas.records import Severity
from streams import words
from streams.identifiers import Named
from streams.notes import ABSENT, BAD, Notes
from streams.plan import Plan, Refine
from streams.text import cased, refine_text

_SPEAKABLE = 10**18
"""Python itself refuses to spell out very long numbers; a Decimal does not."""


_WARNINGS = frozenset(code for code, one in REASONS.items() if one.severity is Severity.WARN)


def digits(number: int) -> str:
    """Return *number* as decimal text, however long."""
    return str(number) if -_SPEAKABLE < number < _SPEAKABLE else f"{Decimal(number):f}"


def invalid(plan: Plan, notes: Notes) -> Any:  # noqa: ANN401
    """Refuse a value of another JSON type than the column's."""
    return notes.refuse(plan.pen.fault("type.invalid", words.of_type(plan.item)))


def keep(plan: Plan, raw: object, value: object, notes: Notes) -> None:
    """Keep *raw* as it was sent where the canonical *value* differs; a number by its digits."""
    if raw != value and (said := _as_sent(raw)) != value:
        notes.originals[plan.item.name] = said


def _as_sent(raw: object) -> str:
    match raw:
        case str():
            return raw
        case int() if type(raw) is int:
            return digits(raw)
        case float():
            return repr(raw)
    return ""


def text_reader(plan: Plan) -> Callable[[object, Notes], Any]:
    """Return what reads a textual column: (raw, notes) -> text after T1 to T13, None or BAD."""
    takes_numbers, rules, pen = plan.item.options.numeric_ok, plan.text, plan.pen
    limit = str(plan.item.max_length)

    def read(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        if raw is None:
            return None
        if takes_numbers and type(raw) is int:
            raw = digits(raw)
        if not isinstance(raw, str):
            return invalid(plan, notes)
        text, codes, flags = refine_text(raw, rules)
        if codes:
            for code in codes:
                notes.faults.append(pen.fault(code, limit if code == "text.too_long" else None))
            return BAD
        if flags:
            notes.flags.extend(map(plan.flag, flags))
        return vanished(plan, raw, notes) if text.casefold() in plan.nothing else text

    return read


def vanished(plan: Plan, raw: object, notes: Notes) -> None:
    """Note that a placeholder stood for nothing (DOMAIN.md 8)."""
    notes.flags.append(plan.flag("PLACEHOLDER_NULL"))
    keep(plan, raw, None, notes)


def text_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge kinds text, ident and name."""
    read = text_reader(plan)

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        value = cased(text) if plan.item.kind == "name" else text
        if value != text:
            notes.flags.append(plan.flag("NAME_CASED"))
        keep(plan, raw, value, notes)
        return value

    return refine


def settle(plan: Plan, raw: object, named: Named, notes: Notes) -> Any:  # noqa: ANN401
    """Write down what speaks against an identifier; its text where that only warns."""
    text, codes, flags = named
    limit = plan.item.max_length
    measured = limit is not None and "text.too_long" in plan.item.rules
    if measured and len(text) > (limit or 0) and _WARNINGS.issuperset(codes):
        codes = (*codes, "text.too_long")
    for code in codes:
        notes.faults.append(plan.pen.fault(code, _expected(plan, code)))
    if not _WARNINGS.issuperset(codes):
        return BAD
    notes.flags.extend(map(plan.flag, flags))
    return text if text == raw else _kept(plan, raw, text, notes)


def _kept(plan: Plan, raw: object, text: str, notes: Notes) -> Any:  # noqa: ANN401
    """Return an identifier of another spelling than was sent: what joined its parts is judged too.

    Without its spaces and dots it may stand for nothing, or hold what the text rules refuse.
    """
    joined, codes, _ = refine_text(text, plan.text)
    if codes:
        notes.faults.extend(map(plan.pen.fault, codes))
        return BAD
    if joined.casefold() in plan.nothing:
        return vanished(plan, raw, notes)
    keep(plan, raw, joined, notes)
    return joined


def _expected(plan: Plan, code: str) -> str | None:
    match code:
        case "text.too_long":
            return str(plan.item.max_length)
        case "date.range":
            return words.CCCD_YEAR
        case "type.invalid":
            return words.of_type(plan.item)
        case "id.mst_shape":
            return ", hoặc 12 số của cá nhân" if plan.item.kind == "mst_or_person" else ""
    return None


def composer(plan: Plan) -> Callable[[tuple[object, ...], Notes], Any]:
    """Return what joins the columns of a field: (their raw values, notes) -> text, None or BAD."""
    names = plan.item.columns
    template = plan.item.options.compose or "".join(f"{{{name}}}" for name in names)
    numeric = [
        part in {"smallint", "integer", "bigint", "int"}
        for part in plan.item.source_type.lower().split("+")
    ]

    def compose(parts: tuple[object, ...], notes: Notes) -> Any:  # noqa: ANN401
        absent = parts.count(ABSENT)
        if absent and plan.mandatory:
            notes.faults.extend(plan.pen.fault("schema.missing_field") for _ in range(absent))
            return BAD
        given = [None if part is ABSENT else part for part in parts]
        if all(part is None for part in given):
            return None
        wanted = [int if number else str for number in numeric]
        if any(
            part is not None and type(part) is not kind
            for part, kind in zip(given, wanted, strict=True)
        ):
            return invalid(plan, notes)
        return template.format_map(dict(zip(names, map(_said, given), strict=True)))

    return compose


def _said(part: object) -> str:
    return "" if part is None else digits(part) if type(part) is int else str(part)
