"""The last 24 hours of one dataset as series, for the plots; JSON alone."""

from typing_extensions import TypedDict

from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.snapshot import Snapshot
from suoi.console.views.dataset import chosen


class Series(TypedDict):
    """Points in time (epoch seconds) and the figures then; null = not known."""

    dataset: str
    at: list[float]
    lag_s: list[float | None]
    captured: list[float | None]
    waiting: list[float | None]


def view(seen: Snapshot, _user: User, query: Query) -> Series:
    """Return the series of the dataset that is asked for.

    Raises:
        Refusal: there is none of that name.
    """
    name = chosen(seen, query).id
    points = seen.history.read(name)
    return {
        "dataset": name,
        "at": [one.at for one in points],
        "lag_s": [one.lag_s for one in points],
        "captured": [one.captured for one in points],
        "waiting": [one.waiting for one in points],
    }
