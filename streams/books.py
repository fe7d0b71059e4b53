"""The books of streams: one record a chunk says what became of every raw offset in it.

`suoi ledger check` recomputes law 2 from these; the latest record of an offset wins.
"""

import json
from collections import Counter
from typing import Any, Final

from schemas.records import Accepted, Filtered, Rejected, Verdict
from schemas.topics import BOOKS
from streams.envelope import RawRecord
from streams.output import Message
from streams.past import Past

CLEAN: Final = "clean"
REJECT: Final = "reject"
NAMES: Final[dict[type, str]] = {Accepted: CLEAN, Rejected: REJECT}


class Page:
    """What became of the offsets of one chunk, run-length encoded."""

    def __init__(self, place: tuple[str, int], ruleset: int, *, again: bool = False) -> None:
        """A page of the raw partition *place*, judged under *ruleset*.

        A page of offsets that had their verdict before is told as *again*: it decides nothing.
        """
        self._topic, self._partition = place
        self._ruleset = ruleset
        self._again = again
        self._runs: list[tuple[int, int, str]] = []
        self._first, self._next, self._outcome = 0, 0, ""

    def enter(self, offset: int, verdict: Verdict, first: str | None = None) -> None:
        """Write down the verdict of *offset*; offsets rise, and may leave gaps.

        *first* is a verdict that was sent before: it is the one that decides (invariant 2).
        """
        outcome = first or NAMES.get(type(verdict)) or name(verdict)
        if offset != self._next or outcome != self._outcome:
            self._close()
            self._first, self._outcome = offset, outcome
        self._next = offset + 1

    def _close(self) -> None:
        if self._outcome:
            self._runs.append((self._first, self._next - self._first, self._outcome))
        self._outcome = ""

    @property
    def counts(self) -> Counter[str]:
        """How many offsets ended how, of those entered."""
        self._close()
        found: Counter[str] = Counter()
        for _, count, outcome in self._runs:
            found[outcome] += count
        return found

    def message(self) -> Message:
        """Return the page as a record of `books.streams`."""
        self._close()
        first, (last, count, _) = self._runs[0][0], self._runs[-1]
        page: dict[str, Any] = {
            "topic": self._topic,
            "partition": self._partition,
            "first": first,
            "last": last + count - 1,
            "ruleset": self._ruleset,
            "runs": self._runs,
        }
        if self._again:
            page["again"] = True
        key = f"{self._topic}:{self._partition}".encode()
        return Message(BOOKS, key, json.dumps(page, separators=(",", ":")).encode(), [])


def name(verdict: Verdict) -> str:
    """The word of the books for *verdict* (invariant 2)."""
    match verdict:
        case Accepted():
            return CLEAN
        case Rejected():
            return REJECT
        case Filtered(rule=rule):
            return f"filtered:{rule}"


class Pages:
    """The pages of one chunk: of its offsets that had their verdict before, and of the others."""

    def __init__(self, head: RawRecord, ruleset: int, past: Past) -> None:
        """*head* is the first record of the chunk; *past* knows what was judged before."""
        place = head.topic, head.partition
        self._past = past
        self._again = Page(place, ruleset, again=True)
        self._first = Page(place, ruleset)

    def enter(self, offset: int, verdict: Verdict) -> None:
        """Write down the verdict of *offset*."""
        if offset < self._past.limit:
            self._again.enter(offset, verdict)
        else:
            self._first.enter(offset, verdict, self._past.firsts.get(offset))

    @property
    def counts(self) -> Counter[str]:
        """How many offsets ended how."""
        return self._again.counts + self._first.counts

    def messages(self) -> list[Message]:
        """Return the pages that say something."""
        return [page.message() for page in (self._again, self._first) if page.counts]
