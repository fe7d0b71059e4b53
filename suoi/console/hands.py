"""What the console asks of the stack beyond the snapshot, and does to it: a seam for the tests.

Everything here may wait for Kafka, Connect or PostgreSQL, for seconds at most, and says in a
sentence what does not answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from consumers.ledger.obligations.entries import Entry, Standing
from consumers.ledger.obligations.papers import Paper
from suoi.obligations.sofar import SoFar


class Wanted(NamedTuple):
    """Which items of quarantine a page lists; None does not narrow the choice."""

    statuses: Sequence[str]
    unit: str | None = None
    dataset: str | None = None
    code: str | None = None
    after: int = 0
    most: int = 50


class Order(NamedTuple):
    """A replay: of which datasets, with which cause, on whose behalf."""

    datasets: tuple[str, ...]
    code: str | None
    limit: int
    by: str
    reason: str


class Opened(NamedTuple):
    """A refused record itself; None = its payload is kept nowhere any more."""

    entry: int
    """The number of the audit entry in the province."""
    key: str | None
    value: str | None


class Nil(NamedTuple):
    """An attestation: nothing happened in a register of a commune on a day."""

    dataset: str
    commune: str
    day: date
    reason: str
    by: str


class Hands(Protocol):
    """Acts on the stack. Every method raises Trouble where it cannot."""

    def items(self, wanted: Wanted) -> list[dict[str, Any]]:
        """List items, by their numbers; keys are hashed."""

    def item(self, number: int, unit: str | None) -> dict[str, Any] | None:
        """Return one item of *unit*, with its `history`; None where there is none."""

    def duties(self, days: tuple[date, date], unit: str | None) -> Sequence[Standing]:
        """Return how the duties due on *days* (both included) stand by the book, by due time."""

    def so_far(self, day: date, unit: str | None, papers: Sequence[Paper]) -> Sequence[SoFar]:
        """Tell what has come, by *papers* too, of each duty of *day* that silence does not meet."""

    def attestations(self, day: date, unit: str | None) -> Sequence[Paper]:
        """Return the papers that attest for *day* and hold, oldest first."""

    def paper(self, number: int) -> Paper | None:
        """Return one attestation that holds."""

    def entry(self, number: int) -> Entry | None:
        """Return one entry of the book of obligations."""

    def attest(self, nil: Nil) -> int:
        """Sign an attestation; returns the number of its paper.

        Raises:
            Judged: the duty was judged already.
        """

    def withdraw(self, number: int, reason: str, by: str) -> int:
        """Take an attestation back by another paper; returns the number of that."""

    def override(self, entry: int, cause: str, reason: str, by: str) -> int:
        """Put another cause beside the computed one, signed; returns the number of its entry."""

    def pause_connector(self, source: str) -> None:
        """Pause a connector."""

    def resume_connector(self, source: str) -> None:
        """Let a connector go on."""

    def restart_connector(self, source: str) -> None:
        """Start a connector and its task anew."""

    def load(self, source: str, dataset: str) -> None:
        """Ask for an incremental snapshot of one table."""

    def pause_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Stop judging a dataset."""

    def resume_dataset(self, dataset: str, reason: str, by: str) -> None:
        """Let a paused dataset go on."""

    def preview(self, order: Order) -> Mapping[str, int]:
        """Judge again and change nothing; how many would come out how."""

    def replay(self, order: Order) -> Mapping[str, int]:
        """Hand over to be judged again; how many came out how."""

    def unmask(self, number: int, reason: str, by: str) -> Opened:
        """Open the payload of one item; who looked, and why, is kept in the province."""
