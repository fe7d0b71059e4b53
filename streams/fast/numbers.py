"""Takers of whole numbers and decimals, typed or written; no value is made a binary float."""

import math
from decimal import Decimal as Exact

from streams.fast.task import Task
from streams.numbers import FORMAT
from streams.plan import Refine
from streams.refine.numbers import limits_of, whole_bounds
from streams.takers.days import Whole
from streams.takers.numbers import Decimal, Measure, WholeText

_TYPED = frozenset(("double", "json number", "cell"))
_LONGEST = 64
_DIGITS = 18
"""So many fit into 64 bits."""
_MOST_DECIMALS = 15
"""So many a double holds."""


def integer_taker(task: Task) -> Refine:
    """Return the taker of whole numbers in range."""
    plan, bounds = task.plan, whole_bounds(task.plan)
    if not task.wordy:
        return task.refine
    if plan.wire in {"integer", "json number", "cell"}:
        return Whole(task, bounds).take
    if not (plan.wire == "decimal" or (task.textual and FORMAT in plan.item.rules)):
        return task.refine
    return WholeText(task, bounds, vi=_vi(task)).take


def decimal_taker(task: Task) -> Refine:
    """Return the taker of decimals, not below 0, that their field surely holds."""
    plan, limits = task.plan, limits_of(task.plan)
    scale = limits.scale or 0
    whole = (limits.precision or 0) - scale
    if whole < 1 or scale > _MOST_DECIMALS or not (task.worded and task.longest >= _LONGEST):
        return task.refine
    typed = plan.wire in _TYPED
    if not (typed or plan.wire == "decimal" or (task.textual and FORMAT in plan.item.rules)):
        return task.refine
    least, most = limits.low or Exact(0), limits.high
    unit = Exact(10) ** scale
    bounds = (
        max(0, math.ceil(least * unit)),
        10**_DIGITS if most is None else min(10**_DIGITS, math.floor(most * unit)),
    )
    if typed:
        return Measure(task, bounds, whole, scale).take
    return Decimal(task, bounds, whole, scale, vi=_vi(task)).take


def _vi(task: Task) -> bool:
    return task.plan.wire == "text" and task.plan.item.options.locale == "vi"
