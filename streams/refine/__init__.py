"""One field, judged with care: the path of every value that no taker knows (streams.takers).

A refiner is made once for a field and takes (raw value, notes, …). The order is that of DOMAIN.md
1, stage 3: text, missing value, type, range, identifier; a field stops at its first refusing stage,
and all of that stage is named.
"""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.codes import CodeLists
from streams.notes import ABSENT, BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.codes import boolean_refiner, code_refiner
from streams.refine.dates import date_refiner, timestamp_refiner
from streams.refine.divisions import district_refiner, industry_refiner
from streams.refine.numbers import decimal_refiner, integer_refiner
from streams.refine.papers import (
    cccd_refiner,
    paper_refiner,
    person_or_number_refiner,
    register_refiner,
    simple_refiner,
)
from streams.refine.texts import text_refiner

MAKERS: Mapping[str, Callable[[Plan, CodeLists], Refine]] = {
    "text": text_refiner,
    "name": text_refiner,
    "ident": text_refiner,
    "code": code_refiner,
    "gender": code_refiner,
    "ethnic": code_refiner,
    "country": code_refiner,
    "boolean": boolean_refiner,
    "integer": integer_refiner,
    "decimal": decimal_refiner,
    "date": date_refiner,
    "partial_date": date_refiner,
    "timestamp": timestamp_refiner,
    "cccd": cccd_refiner,
    "id_paper": paper_refiner,
    "register_number": register_refiner,
    "mst": simple_refiner,
    "bhxh": person_or_number_refiner,
    "mst_or_person": person_or_number_refiner,
    "bhyt": simple_refiner,
    "geohash": simple_refiner,
    "phone": simple_refiner,
    "plate": simple_refiner,
    "time": simple_refiner,
    "school_year": simple_refiner,
    "vsic": industry_refiner,
    "district": district_refiner,
}
"""Every kind that gives one value, and who judges it; places give three (`refine.places`)."""


def refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Return the judge of *plan*'s field, which also knows absence and null (invariant 7).

    Raises:
        LookupError: the product cannot judge this kind yet.
    """
    if plan.item.kind not in MAKERS:
        message = f"field {plan.item.name}: kind {plan.item.kind!r} cannot be judged yet"
        raise LookupError(message)
    judge = MAKERS[plan.item.kind](plan, codes)
    return _mandatory(plan, judge) if plan.mandatory else _optional(judge)


def _optional(judge: Refine) -> Refine:
    def refine(raw: object, notes: Notes, *beside: object) -> Any:  # noqa: ANN401
        return raw if raw is BAD else judge(None if raw is ABSENT else raw, notes, *beside)

    return refine


def _mandatory(plan: Plan, judge: Refine) -> Refine:
    pen = plan.pen

    def refine(raw: object, notes: Notes, *beside: object) -> Any:  # noqa: ANN401
        if raw is ABSENT:
            return notes.refuse(pen.fault("schema.missing_field"))
        if raw is BAD:
            return BAD
        value = judge(raw, notes, *beside)
        return notes.refuse(pen.fault("field.missing")) if value is None else value

    return refine
