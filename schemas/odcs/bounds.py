"""Least, greatest and longest value of a field.

Constants stand where ODCS has a place for them; `today`, `now` and the bounds of partial dates
stand in custom properties.
"""

from datetime import date, datetime

from open_data_contract_standard.model import SchemaProperty

from schemas.odcs import wants
from schemas.odcs.custom import Custom

_KNOWN = ("maxLength", "minimum", "maximum")
_MOVING = {"date": ("today",), "partial_date": ("today",), "timestamp": ("now",)}
"""Bounds that follow the source commit (DOMAIN.md 0): kind -> words."""
_COUNTED = frozenset({"integer", "decimal"})


def check_bounds(item: SchemaProperty, custom: Custom) -> None:
    """Report every bound that the kind of the field cannot have."""
    given = item.logicalTypeOptions or {}
    place = (*custom.place, "logicalTypeOptions")
    for name, value in given.items():
        if name not in _KNOWN:
            custom.review.fault((*place, name), f"is not judged; known are {', '.join(_KNOWN)}")
        elif said := _constant_fault(name, value, custom.get("kind")):
            custom.review.fault((*place, name), said)
    for name in ("minimum", "maximum"):
        if name in custom.places and name in given:
            custom.fault(name, "it stands in logicalTypeOptions too; keep one")
        elif name in custom.values and (said := _custom_fault(name, custom)):
            custom.fault(name, said)


def read_bounds(item: SchemaProperty, custom: Custom) -> tuple[str | None, str | None]:
    """Return minimum and maximum as text."""
    given = (item.logicalTypeOptions or {}) | custom.values
    least, most = (given.get(name) for name in ("minimum", "maximum"))
    return (None if least is None else str(least)), (None if most is None else str(most))


def _constant_fault(name: str, value: object, kind: str | None) -> str | None:
    if name == "maxLength":
        return wants.integer(1)(value)
    if kind in _COUNTED:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if number else f"must be a number, not {wants.shown(value)}"
    if kind in {"date", "timestamp"}:
        return _moment_fault(value, kind)
    return f"a {kind} has no {name} here; write it as a custom property if it is a partial date"


def _custom_fault(name: str, custom: Custom) -> str | None:
    kind, value = custom.get("kind"), custom.get(name)
    if name == "maximum" and value in _MOVING.get(kind, ()):
        return None
    if kind == "partial_date":
        return _moment_fault(value, "date")
    moving = " or ".join(_MOVING.get(kind, ())) or "nothing"
    return f"must be {moving}; a constant stands in logicalTypeOptions"


def _moment_fault(value: object, kind: str) -> str | None:
    """Want an ISO day, or a moment of UTC ending in Z."""
    try:
        if isinstance(value, str) and kind == "date":
            date.fromisoformat(value)
            return None
        if isinstance(value, str) and value.endswith("Z"):
            datetime.fromisoformat(value)
            return None
    except ValueError:
        pass
    form = "2026-03-11" if kind == "date" else "2026-03-11T00:00:00Z"
    return f'must be written like "{form}" in quotes, not {wants.shown(value)}'
