"""What a page is: a view of the snapshot, as a plain dict that HTML and JSON are both made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from suoi.console.accounts import User
from suoi.console.refusal import Fault, Refusal
from suoi.console.snapshot import Snapshot
from suoi.console.words import Words

if TYPE_CHECKING:
    from suoi.console.services import Services

LONGEST_VALUE = 200
_LONGEST_NUMBER = 18
"""Digits that a bigint surely holds."""


class Query(NamedTuple):
    """What a request asks for."""

    words: Words
    path: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    found: Any = None
    """What the page's `find` has found; its view knows its shape."""

    def choice(self, name: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
        """Return the value *name*, one of those *known*; None where it is not given.

        Raises:
            Refusal: it is none of them.
        """
        given = self.values.get(name) or None
        if given is not None and given not in known:
            few = ", ".join(list(known)[:20])
            fault = Fault("choice", {"given": given[:80], "known": few})
            raise Refusal(400, "query", {name: fault})
        return given

    def number(self, name: str) -> int | None:
        """Return the whole number *name*; None where it is not given.

        Raises:
            Refusal: it is no number of at most 18 digits.
        """
        given = self.values.get(name) or None
        if given is None:
            return None
        if not _is_number(given):
            raise Refusal(400, "query", {name: Fault("number", {"given": given[:80]})})
        return int(given)

    def numbered(self, kind: str) -> int:
        """Return the number of the *kind* of thing that the path names.

        Raises:
            Refusal: it is no number of at most 18 digits, so there is no such thing.
        """
        given = self.path[kind]
        if not _is_number(given):
            raise Refusal(404, f"no_{kind}", name=given[:20])
        return int(given)


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdecimal() and len(given) <= _LONGEST_NUMBER


View = Callable[[Snapshot, User, Query], Mapping[str, Any]]
Find = Callable[["Services", Snapshot, User, Query], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page: under *path* as HTML (template NAME.html), below /api/v1 as JSON."""

    name: str
    path: str
    view: View
    answer: Any
    """The type of what the view returns, for OpenAPI."""
    title: str = ""
    """Its words in the navigation; empty = it is not there."""
    human: bool = True
    """False = JSON alone."""
    live: bool = True
    """Whether its block `live` follows the snapshot in an open browser."""
    asks: tuple[str, ...] = ()
    """What it takes in its query."""
    find: Find | None = None
    """Asks for what is not in memory, with short time-outs."""

    def answered(
        self, services: "Services", snapshot: Snapshot, user: User, query: Query
    ) -> Mapping[str, Any]:
        """Return the page's dict.

        Raises:
            Refusal: something asked for is not there, or is wrong.
            Trouble: what has to be asked for does not answer.
        """
        if self.find is not None:
            query = query._replace(found=self.find(services, snapshot, user, query))
        return self.view(snapshot, user, query)
