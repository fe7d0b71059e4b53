"""What a field is judged beside: the day of its event, the birth and gender the record tells of.

Each is an expression over the locals of fields judged before it.
"""

from collections.abc import Mapping

from schemas.contract import Field
from streams.plan import Plan

Plans = Mapping[str, Plan]
"""The plans of a dataset, by field."""


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


def born(plans: Plans, item: Field) -> list[str]:
    """Return the line that says what the record tells of the owner of a number."""
    birth, gender = item.options.birth, item.options.gender
    if birth is None and gender is None:
        return []
    known = repr(gender) if gender in {None, "1", "2"} else f"v_{gender}"
    return [f"born = ({_birth_year(plans, birth)}, {known})"]


def _birth_year(plans: Plans, birth: str | None) -> str:
    if birth is None:
        return "None"
    value = f"v_{birth}"
    match plans[birth].item.kind:
        case "partial_date":
            return f"int({value}[:4]) if type({value}) is str else None"
        case "timestamp":
            return f"year_of(day_of_instant({value})) if type({value}) is int else None"
    return f"year_of({value}) if type({value}) is int else None"
