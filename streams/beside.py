"""What a field is judged beside: the day of its event, the birth and gender the record tells of.

Each is an expression over the locals of fields judged before it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from schemas.contract import Field
from streams.days import day_of_instant, year_of
from streams.notes import Notes
from streams.plan import Plan, Refine

Plans = Mapping[str, Plan]
"""The plans of a dataset, by field."""

YEAR_OF: Mapping[str, Callable[[Any], int]] = {
    "date": year_of,
    "partial_date": lambda text: int(text[:4]),
    "timestamp": lambda micros: year_of(day_of_instant(micros)),
}
"""The year of a canonical value, by its kind."""


class Beside(NamedTuple):
    """What a field is given besides its own value: expressions, in the order of its refiner."""

    given: tuple[str, ...] = ()
    birth: str | None = None
    """The kind of the field that tells of the birth; with it *given* is birth, gender, …"""


def beside(plans: Plans, item: Field) -> Beside:
    """Return what *item* is judged beside."""
    options = item.options
    if options.birth or options.gender or options.paper_kind:
        gender = options.gender
        known = repr(gender) if gender in {None, "1", "2"} else f"v_{gender}"
        kind = plans[options.birth].item.kind if options.birth else "date"
        birth = f"v_{options.birth}" if options.birth else "None"
        declared = (f"v_{options.paper_kind}",) if options.paper_kind else ()
        return Beside((birth, known, *declared), kind)
    if options.event_date not in {None, "event_day"}:
        return Beside((event_day(plans, item),))
    return Beside()


def with_birth(refine: Refine, told: Beside) -> Refine:
    """Return *refine*, which now takes birth and gender as the record has them."""
    if told.birth is None:
        return refine
    wanted = str if told.birth == "partial_date" else int
    year_in = YEAR_OF.get(told.birth, year_of)

    def judge(raw: object, notes: Notes, birth: object, gender: object, *declared: object) -> Any:  # noqa: ANN401
        year = year_in(birth) if type(birth) is wanted else None
        return refine(raw, notes, (year, gender), *declared)

    return judge


def event_day(plans: Plans, item: Field) -> str:
    """Return the day at which a code of *item* has to be valid."""
    name = item.options.event_date
    if name is None or name == "event_day":
        return "today"
    value = f"v_{name}"
    match plans[name].item.kind:
        case "timestamp":
            return f"day_of_instant({value}) if type({value}) is int else None"
        case "partial_date":
            return f"earliest({value}) if type({value}) is str else None"
    return value
