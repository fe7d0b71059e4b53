"""What every page says of its own figures: since when they are known, and what does not answer."""

from datetime import datetime

from typing_extensions import TypedDict

from suoi.console.page import Query
from suoi.console.snapshot import Snapshot


class Silence(TypedDict):
    """A part that does not answer; its figures are those of *as_of*, None = it never did."""

    part: str
    sentence: str
    as_of: datetime | None
    since: datetime | None


class Action(TypedDict):
    """What the reader may do next."""

    name: str
    text: str
    url: str


def silences(seen: Snapshot, query: Query) -> list[Silence]:
    """Return the parts that do not answer now."""
    return [
        {
            "part": name,
            "sentence": query.words(f"silent.{name}"),
            "as_of": known.at,
            "since": known.since,
        }
        for name, known in seen.silent.items()
    ]
