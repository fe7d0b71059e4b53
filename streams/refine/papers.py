"""Fields that hold an identifier: personal numbers, papers, register numbers and their like."""

from functools import lru_cache
from typing import Any

from schemas.codes import CodeLists
from streams.identifiers import (
    CCCD_SHAPE,
    CMND,
    NOTHING_KNOWN,
    OR_PERSON,
    SIMPLE,
    Born,
    Named,
    PersonalNumbers,
    is_personal,
    joined,
    known_places,
    paper,
    register_number,
    register_syntax,
)
from streams.notes import BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.texts import settle, text_reader


def personal_numbers(plan: Plan, codes: CodeLists) -> PersonalNumbers:
    """Return the personal-number rule as *plan*'s field has it."""
    strict = plan.item.options.strict
    return PersonalNumbers(
        _places(codes), "id.cccd_conflict" if strict else "id.cccd_conflict_legacy"
    )


@lru_cache(maxsize=8)  # one set for all fields
def _places(codes: CodeLists) -> frozenset[str]:
    return known_places(codes.rows("codes/province_dvhc2004"), codes.extra_cccd_places)


def cccd_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge a personal number beside what the record says of birth and gender."""
    read, numbers = text_reader(plan), personal_numbers(plan, codes)

    def refine(raw: object, notes: Notes, born: Born = NOTHING_KNOWN) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        number, flags = joined(text)
        return settle(
            plan, raw, Named(number, numbers.codes(number, notes.year, born), flags), notes
        )

    return refine


def paper_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge a paper's number by its declared kind, or by its shape where none is declared."""
    read, numbers = text_reader(plan), personal_numbers(plan, codes)

    def refine(raw: object, notes: Notes, born: Born = NOTHING_KNOWN, declared: Any = None) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        if declared is BAD:
            return BAD  # a number of a paper we do not know is not judged (DOMAIN.md 9b)
        bare, flags = joined(text)
        number, kind = paper(bare, declared)
        return settle(
            plan, raw, Named(number, _against(number, kind, notes, (numbers, born)), flags), notes
        )

    return refine


def _against(
    number: str, kind: str | None, notes: Notes, known: tuple[PersonalNumbers, Born]
) -> tuple[str, ...]:
    numbers, born = known
    match kind:
        case None:
            return (CCCD_SHAPE,)
        case "cccd":
            return numbers.codes(number, notes.year, born)
        case "cmnd":
            return (CMND,)
    return ()


def register_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge a civil-status number, N/YYYY."""
    read, syntax = text_reader(plan), register_syntax(plan.item.options.separators)

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        bare, flags = joined(text)
        named = register_number(bare, syntax, notes.year)
        return settle(plan, raw, named._replace(flags=flags), notes)

    return refine


def person_or_number_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge a number that a personal number may stand for: mst_or_person, bhxh (DOMAIN.md 3)."""
    read, numbers = text_reader(plan), personal_numbers(plan, codes)
    own = OR_PERSON[plan.item.kind]

    def refine(raw: object, notes: Notes, born: Born = NOTHING_KNOWN) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        number, flags = joined(text)
        named = (
            Named(number, numbers.codes(number, notes.year, born))
            if is_personal(number)
            else own(number)
        )
        return settle(plan, raw, _flagged(named, flags), notes)

    return refine


def _flagged(named: Named, flags: tuple[str, ...]) -> Named:
    return named._replace(flags=(*flags, *named.flags)) if flags else named


def simple_refiner(plan: Plan, _codes: CodeLists) -> Refine:
    """Judge a kind whose text alone decides."""
    read = text_reader(plan)
    name, bare = SIMPLE[plan.item.kind]

    def refine(raw: object, notes: Notes) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        given, flags = joined(text) if bare else (text, ())
        named = name(given)
        return settle(plan, raw, _flagged(named, flags), notes)

    return refine
