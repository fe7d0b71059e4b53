"""What a cause was told by, in words: names and numbers, never a value of a row (invariant 6)."""

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import TypedDict

from schemas.reasons import sentence_of
from suoi.console.ink import Ink
from suoi.console.words import Words


class Fact(TypedDict):
    """One thing that was known."""

    name: str
    label: str
    text: str


def told(facts: Mapping[str, Any], words: Words) -> list[Fact]:
    """Return *facts* as the book keeps them, for people; what was not known is left out."""
    ink = Ink(words)
    return [
        {
            "name": name,
            "label": words.best(f"fact.{name}", name),
            "text": _WRITERS.get(name, _plain)(value, ink),
        }
        for name, value in facts.items()
        if value not in _UNKNOWN
    ]


def _plain(value: Any, ink: Ink) -> str:  # noqa: ANN401  any value of JSON
    if isinstance(value, bool):
        return ink.answer(yes=value)
    if isinstance(value, int):
        return ink.number(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _moment(value: Any, ink: Ink) -> str:  # noqa: ANN401  a moment in ISO form
    return ink.moment(value)


def _reasons(value: Any, _ink: Ink) -> str:  # noqa: ANN401  as Arrived.facts has them
    return "; ".join(f"{one['field']}: {sentence_of(one['code'])} ({one['rows']})" for one in value)


_UNKNOWN: tuple[Any, ...] = (None, "", [], {}, ())
_WRITERS: Mapping[str, Callable[[Any, Ink], str]] = {
    "complete_through": _moment,
    "last_event": _moment,
    "reasons": _reasons,
}
