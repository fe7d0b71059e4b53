"""Taker of communes: what was said of a code with its list and name is remembered."""

from typing import Any, Final

from streams.notes import Notes
from streams.plan import Plan, Refine
from streams.refine.places import Beside
from streams.takers.places import Place

MOST: Final = 4096
"""How many answers of one field are remembered; beyond, memory begins anew."""


def place_taker(plan: Plan, judge: Refine) -> Refine:
    """Return (raw, its list, its name, event day, notes) -> the three values of a commune.

    *judge* takes (raw, Beside, notes) and is asked whatever is not remembered.
    """

    def refine(raw: object, system: object, name: object, day: object, notes: Notes) -> Any:  # noqa: ANN401
        return judge(raw, Beside(system, name, day), notes)

    return Place(refine, plan.item.name, str if plan.wire == "text" else int, MOST).take
