"""The options of a field: how its source column writes the value, checked and as a value."""

import re
from typing import Any

from schemas.contract import Options
from schemas.odcs import words
from schemas.odcs.custom import Custom
from schemas.odcs.wants import shown

_PLACE_IN_TEXT = re.compile(r"{(\w*)}")


_PLAIN = Options()
"""Those of a column that needs none: one value for all."""


def check_options(custom: Custom, columns: tuple[str, ...], fields: frozenset[str]) -> None:
    """Report every option that is not known, does not fit, or names what is not there.

    *columns* are the field's own source columns, *fields* the names of all fields of the dataset.
    """
    for option, value in custom.get("options", {}).items():
        if option not in words.OPTIONS:
            _fault(custom, option, f"there is no such option; known are {', '.join(words.OPTIONS)}")
        elif said := words.OPTIONS[option](value):
            _fault(custom, option, said)
        elif option in words.REFERENCES and value not in {*fields, *words.REFERENCES[option]}:
            _fault(
                custom, option, f"names the field {shown(value)}, which this dataset does not have"
            )
    _check_system(custom)
    _check_compose(custom, columns)


def read_options(custom: Custom) -> Options:
    """Return the checked options as a value."""
    said = custom.get("options")
    if not said:
        return _PLAIN
    return Options(**{_attribute(name): _frozen(value) for name, value in said.items()})


def _check_system(custom: Custom) -> None:
    """A coded field says in which known system its codes are (DOMAIN.md 6)."""
    kind, options = custom.get("kind"), custom.get("options", {})
    system = options.get("code_system")
    if kind in words.CODED and system is None and "resolve" not in options:
        _fault(custom, "code_system", "a field with a code list says its code_system")
    if kind in words.PLACES and "event_date" not in options:
        _fault(custom, "event_date", "a place is judged on a date: name its event_date")
    if not isinstance(system, str) or kind is None:
        return
    if system.startswith("column:") and kind in words.BY_COLUMN:
        return
    code_list = "boolean" if kind == "boolean" else custom.get("codeList")
    known = words.known_systems(kind, code_list)
    if (code_list or kind in words.CODED) and system not in known:
        choice = ", ".join(sorted(known))
        column = " or column:NAME" if kind in words.BY_COLUMN else ""
        _fault(custom, "code_system", f"must be one of {choice}{column}, not {system!r}")


def _check_compose(custom: Custom, columns: tuple[str, ...]) -> None:
    """A field of several columns says how they are put together, and uses each."""
    compose = custom.get("options", {}).get("compose")
    if len(columns) > 1 and compose is None:
        _fault(custom, "compose", "a field of several columns says how to compose them")
    named = _PLACE_IN_TEXT.findall(compose) if isinstance(compose, str) else []
    if compose is not None and sorted(named) != sorted(columns):
        _fault(custom, "compose", f"must use each of {', '.join(columns)} once, as {{NAME}}")


def _fault(custom: Custom, option: str, said: str) -> None:
    place = custom.places.get("options", (*custom.place, "options"))
    custom.review.fault((*place, option), said)


def _attribute(option: str) -> str:
    return "numeric_ok" if option == "numeric" else option


def _frozen(value: Any) -> Any:  # noqa: ANN401  as typed by its Want
    if value == "ok":
        return True
    return tuple(value) if isinstance(value, list) else value
