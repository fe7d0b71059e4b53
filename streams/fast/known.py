"""Takers of columns with few different values: what the refiner said of each is remembered.

Where a day decides too (a code that expires, a date that may not be after today), value and day are
remembered together.
"""

from typing import Final

from streams.fast.forms import forms_of
from streams.fast.task import Task
from streams.lookups import CodeTable, code_table
from streams.notes import Notes
from streams.plan import Refine
from streams.refine.codes import table_of
from streams.takers.days import CodeOrDay
from streams.takers.known import Known

MOST: Final = 1024
"""How many values of one field are remembered; beyond, memory begins anew."""
FEW: Final = 64
"""The same of texts: only odd ones are, and most of those never come again."""
_A_DAY: Final = "2026-03-11"
_CODES: Final = frozenset(("code", "gender", "ethnic", "country", "vsic"))
_TYPES: Final = {"integer": int, "json number": int, "cell": int, "boolean": bool}


def known_taker(task: Task) -> Refine:
    """Return the taker of values met before; of codes that expire, with the day of the event."""
    if task.plan.item.kind == "code" and not task.beside.given and _any_day(task):
        return _code_or_day(task)
    known = Known(task, _TYPES.get(task.plan.wire, str), MOST)
    if task.beside.given:
        return known.take_on
    dated = task.plan.item.kind in _CODES and _table(task).dated
    return known.take_today if dated else known.take


def _any_day(task: Task) -> bool:
    table = table_of(task.plan, task.codes)
    return table.a_date is not None and not table.dated


def _code_or_day(task: Task) -> Refine:
    """Return the taker of a list that has one code for any day: what holds for one, holds."""
    spelled = table_of(task.plan, task.codes).spellings
    if not (task.textual and task.wordy) or any(word[-1:].isdigit() for word in spelled):
        return task.refine
    notes = Notes(0)
    value = task.refine(_A_DAY, notes)
    if notes.faults:
        return task.refine
    forms = forms_of(task.plan.item.options.date_formats, "date")
    return CodeOrDay(task, forms, MOST, value, notes.flags).take


def _table(task: Task) -> CodeTable:
    if task.plan.item.kind == "vsic":  # judged by its division alone
        return code_table(task.codes, task.plan.item.code_list or "", "canonical")
    return table_of(task.plan, task.codes)
