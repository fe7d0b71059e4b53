"""Takers of days and moments: typed ones, and those written in the usual forms."""

from functools import lru_cache

from streams.dates import parse_date
from streams.days import days
from streams.fast.forms import forms_of
from streams.fast.known import MOST
from streams.fast.task import Task
from streams.plan import Refine
from streams.refine.dates import day_bounds, instant_bounds
from streams.takers.days import Day, PartialDay, Whole
from streams.takers.moments import LocalMoment, Moment

_LONGEST = len("dd/mm/yyyy")
_LONGEST_MOMENT = len("2026-03-11T03:00:00.000001+07:00")


def date_taker(task: Task) -> Refine:
    """Return the taker of days, typed or written, and of partial dates."""
    plan, bounds = task.plan, day_bounds(task.plan)
    if plan.wire == "date":
        return Whole(task, bounds).take
    cell = plan.wire == "date cell" and plan.item.kind == "date"
    if not ((task.textual or cell) and task.wordy and task.longest >= _LONGEST):
        return task.refine
    forms = forms_of(plan.item.options.date_formats, plan.item.kind)
    if plan.item.kind == "partial_date":
        return PartialDay(task, forms, bounds, MOST).take
    return Day(task, forms, bounds, _serials() if cell else None, MOST).take


@lru_cache(maxsize=1)
def _serials() -> tuple[int, int, int]:
    """Return the first and last serial of Excel behind the day that never was, and the day of 0."""
    first, last = 61, 73_050
    found = [days(parse_date(f"{one}", ("excel_serial",), "date").text) for one in (first, last)]
    return first, last, found[0] - first


def timestamp_taker(task: Task) -> Refine:
    """Return the taker of moments: without a zone, or written with it."""
    bounds, formats = instant_bounds(task.plan), task.plan.item.options.date_formats
    if task.plan.wire == "timestamp":
        return LocalMoment(task, bounds).take
    typed = task.plan.wire == "instant"
    if not (typed or (task.textual and "iso_offset" in formats)):
        return task.refine
    if not (task.wordy and task.longest >= _LONGEST_MOMENT):
        return task.refine
    return Moment(task, bounds, typed).take
