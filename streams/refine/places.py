"""Communes and provinces: fields of three values, for a unit may have become another.

DOMAIN.md 6.2.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.codes import CodeLists
from streams import words
from streams.communes import NEW, Communes, Place, Resolved, read_communes, read_provinces
from streams.days import REFORM_DAY
from streams.lookups import AMBIGUOUS, NOT_YET, UNKNOWN
from streams.notes import ABSENT, BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.codes import code_reader, padded
from streams.refine.texts import digits, invalid, keep, text_reader, vanished
from streams.text import TextRules, refine_text

_CANONICAL = "canonical"
NO_PLACE = (None, None, None)
REFUSED = (BAD, None, None)
KINDS = frozenset(("commune", "commune_name", "province"))


class Beside(NamedTuple):
    """What is read beside the code: the columns of its list and its name, and the event's day."""

    system: object
    name: object
    day: Any
    """A day; inside this module only whether it is on or after 2025-07-01, None = unknown."""


def place_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Return the judge of a place: (raw, Beside, notes) -> (code today, as sent, its list).

    A refused field gives BAD in the first place; presence is judged on the code as sent.
    """
    communes = _units(plan, codes)
    judge = (
        _by_name(plan, communes)
        if plan.item.options.resolve == "name"
        else _by_code(plan, communes)
    )
    judge = _present(plan, judge)

    def refine(raw: object, beside: Beside, notes: Notes) -> Any:  # noqa: ANN401
        system, name, day = beside
        # Of the day only its side of the reform matters; `streams.fast.places` relies on it.
        side = day >= REFORM_DAY if type(day) is int else None
        return judge(raw, Beside(system, name, side), notes)

    return refine


def _units(plan: Plan, codes: CodeLists) -> Communes:
    options = plan.item.options
    present = options.system_only or options.code_system == _CANONICAL
    if plan.item.kind == "province":
        return read_provinces(codes, present_only=present)
    return read_communes(codes, options.scope or "14", present_only=present)


def _present(plan: Plan, judge: Refine) -> Refine:
    def refine(raw: object, beside: Beside, notes: Notes) -> Any:  # noqa: ANN401
        if raw is ABSENT and plan.mandatory:
            notes.faults.append(plan.pen.fault("schema.missing_field"))
            return REFUSED
        values = judge(None if raw is ABSENT else raw, beside, notes)
        if values is NO_PLACE and plan.mandatory:
            notes.faults.append(plan.pen.fault("field.missing"))
            return REFUSED
        return values

    return refine


def _by_code(plan: Plan, communes: Communes) -> Refine:
    said = code_reader(plan)
    system_of, name_of = _system_reader(plan), _name_reader(plan)

    def judge(raw: object, beside: Beside, notes: Notes) -> Any:  # noqa: ANN401
        text, suspect = said(raw, notes)
        if text is None:
            return NO_PLACE
        if text is not BAD and text.casefold() in plan.nothing:
            vanished(plan, raw, notes)
            return NO_PLACE
        if text is BAD or not _sound(plan, beside, notes, suspect=suspect):
            return REFUSED
        system, name = system_of(beside.system, notes), name_of(beside.name)
        if system is BAD:
            return REFUSED
        code = _with_zeros(plan, text, notes)
        return _settled(
            plan, (raw, code), communes.resolve(Place(code, system, name, beside.day)), notes
        )

    return judge


def _by_name(plan: Plan, communes: Communes) -> Refine:
    read = text_reader(plan)
    system = _listed(plan.item.options.code_system or NEW)

    def judge(raw: object, beside: Beside, notes: Notes) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None:
            return NO_PLACE
        if text is BAD:
            return REFUSED
        found = communes.by_name(text, system, beside.day)
        return _settled(plan, (raw, text), found, notes)

    return judge


def _sound(plan: Plan, beside: Beside, notes: Notes, *, suspect: bool) -> bool:
    """Judge the letters of a code, then the types of what stands beside it, each a stage."""
    if suspect:
        notes.faults.append(plan.pen.fault("text.homoglyph"))
        return False
    if _textual(beside.system) and _textual(beside.name):
        return True
    invalid(plan, notes)
    return False


def _textual(value: object) -> bool:
    return value is None or value is ABSENT or isinstance(value, str)


def _with_zeros(plan: Plan, text: str, notes: Notes) -> str:
    code = padded(plan, text)
    if code != text:
        notes.flags.append(plan.flag("PADDED"))
    return code


def _settled(plan: Plan, sent: tuple[object, str], found: Resolved, notes: Notes) -> Any:  # noqa: ANN401
    raw, text = sent
    if found.reason:
        expected = (
            words.COMMUNE_LISTS if found.reason == AMBIGUOUS else words.of_list(plan.item.code_list)
        )
        notes.faults.append(plan.pen.fault(found.reason, expected, text))
        if found.also:
            notes.faults.append(plan.pen.fault(found.also, expected, text))
        if found.reason != NOT_YET:
            return REFUSED
    notes.flags.extend(map(plan.flag, found.flags))
    keep(plan, digits(raw) if type(raw) is int else raw, found.code, notes)
    return found.code, found.original, found.system


def _system_reader(plan: Plan) -> Callable[[object, Notes], Any]:
    """Return what reads which list the code is of: (its value, notes) -> system, None or BAD."""
    declared = plan.item.options.code_system or "unknown"
    if not declared.startswith("column:"):
        fixed = None if declared == "unknown" else _listed(declared)
        return lambda _raw, _notes: fixed
    named = {text.casefold(): system for text, system in plan.item.options.system_map.items()}

    def system(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        if not isinstance(raw, str):
            return None
        text = refine_text(raw, TextRules(kind="code")).text.casefold()
        if text in plan.nothing:
            return None
        found = named.get(text)
        expected = words.of_list(plan.item.code_list)
        return found or notes.refuse(plan.pen.fault(UNKNOWN, expected, text))

    return system


def _listed(system: str) -> str:
    """Return the list of *system*: canonical is the one of today, whatever the day of the event."""
    return NEW if system == _CANONICAL else system


def _name_reader(plan: Plan) -> Callable[[object], str | None]:
    """Return what reads the name beside the code: its value -> name, or None."""

    def name(raw: object) -> str | None:
        if not isinstance(raw, str):
            return None
        text = refine_text(raw, TextRules(kind="commune_name")).text
        return None if text.casefold() in plan.nothing else text

    return name
