"""Codes that are judged by a part of them, or by a level that is gone: VSIC, districts."""

import re
from typing import Any

from schemas.codes import CodeLists
from streams import words
from streams.days import REFORM_DAY
from streams.identifiers import joined
from streams.lookups import code_table
from streams.notes import BAD, Notes
from streams.plan import Plan, Refine
from streams.refine.codes import code_reader, event_day, mapped, padded, unfound, valid
from streams.refine.texts import keep, text_reader

ABOLISHED = "code.level_abolished"
_INDUSTRY = re.compile("[0-9]{4,5}")
_DIVISION = 2
"""The first digits of an industry code, which must be in the list (DOMAIN.md 3)."""


def industry_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge a VSIC code: 4 or 5 digits kept as they are, the first two in the list."""
    read, table = text_reader(plan), code_table(codes, plan.item.code_list or "", "canonical")

    def refine(raw: object, notes: Notes, day: Any = None) -> Any:  # noqa: ANN401
        text = read(raw, notes)
        if text is None or text is BAD:
            return text
        code, flags = joined(text)
        division = table.find(code[:_DIVISION]).code
        if division is None or not _INDUSTRY.fullmatch(code):
            expected = words.of_list(plan.item.code_list)
            return notes.refuse(plan.pen.fault("code.unknown", expected, text))
        if not valid(plan, table.dated.get(division), notes, day):
            return BAD
        notes.flags.extend(map(plan.flag, flags))
        keep(plan, raw, code, notes)
        return code

    return refine


def district_refiner(plan: Plan, codes: CodeLists) -> Refine:
    """Judge a district: history only; after the reform its presence warns (DOMAIN.md 6.2)."""
    said, table = code_reader(plan), code_table(codes, plan.item.code_list or "", "canonical")

    def refine(raw: object, notes: Notes, day: Any = None) -> Any:  # noqa: ANN401
        text, suspect = said(raw, notes)
        if text is None or text is BAD:
            return text
        found = table.find(padded(plan, text))
        if found.code is None:
            return unfound(plan, (raw, text), (found, suspect), notes)
        when = event_day(plan, notes, day)
        if when is not None and when >= REFORM_DAY:
            notes.faults.append(plan.pen.fault(ABOLISHED))
        return mapped(plan, (raw, text), found.code, notes)

    return refine
