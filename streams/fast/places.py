"""Fast path of communes: what was said of a code with its list and name is remembered.

The same few hundred communes come all day. Of the event's day only its side of 2025-07-01 matters
(`streams.refine.places`), so the memory holds whole answers; a refused place is remembered too,
for a wrong code is also sent again and again.
"""

from collections.abc import Callable
from typing import Any, Final

from streams.days import REFORM_DAY
from streams.notes import ABSENT, Fault, Notes
from streams.plan import Plan, Refine
from streams.refine.places import Beside

MOST: Final = 4096
"""How many answers of one field are remembered; beyond, memory begins anew."""
LONGEST: Final = 120

Answer = tuple[Any, list[str], list[Fault], dict[str, str]]
_TEXTS: Final = frozenset((str, type(None)))


def remembering(plan: Plan, judge: Refine) -> Callable[..., Any]:
    """Return (raw, its list, its name, event day, notes) -> the three values of a commune.

    *judge* takes (raw, Beside, notes) and is asked whatever is not remembered.
    """
    wanted = str if plan.wire == "text" else int
    answers: dict[Any, Answer] = {}

    def refine(raw: object, system: object, name: object, day: object, notes: Notes) -> Any:  # noqa: ANN401
        place = (raw, system, name, day >= REFORM_DAY if type(day) is int else None)
        try:  # beside it only texts and null equal what is remembered, but true equals 1
            found = answers.get(place) if type(raw) is wanted else None
        except TypeError:  # a list or an object
            found = None
        values, flags, faults, originals = found or learn(place, day)
        if flags:
            notes.flags += flags
        if faults:
            notes.faults += faults
        if originals:
            notes.originals |= originals
        return values

    def learn(place: tuple[Any, ...], day: object) -> Answer:
        raw, system, name, _ = place
        own = Notes(0)
        values = judge(raw, Beside(_or_null(system), _or_null(name), day), own)
        found = values, own.flags, own.faults, own.originals
        sent = type(raw) is wanted and {type(system), type(name)} <= _TEXTS
        if sent and all(len(text) <= LONGEST for text in place[:3] if isinstance(text, str)):
            if len(answers) >= MOST:
                answers.clear()
            answers[place] = found
        return found

    return refine


def _or_null(sent: object) -> object:
    return None if sent is ABSENT else sent
