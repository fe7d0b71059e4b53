"""A whole reconciliation: settle, sweep, sum, judge, and say until when both sides are equal."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from consumers.ledger.reconcile.buckets import key_hash
from consumers.ledger.reconcile.province import Settled
from consumers.ledger.reconcile.sweep import Swept
from consumers.ledger.reconcile.verdicts import Difference, Inquiry, Kind
from infra.postgres import Connection
from infra.queries import read_queries

MOST_SHOWN = 1000
"""Differences that are listed; all are counted."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNSETTLED = (
    "the chain has not proved itself complete up to now, so equality cannot be judged; look with"
    " `suoi why`, then ask again"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one reconciliation found."""

    dataset: str
    ruleset: int
    started: int
    """The source's clock before its first row was read, µs."""
    position: int
    """Where its log ended then."""
    rows: int
    proved: bool
    """Whether the province was complete through *started* before we compared, and through each
    second look at a suspect."""
    counts: Counter[str]
    differences: tuple[Difference, ...]
    """At most MOST_SHOWN, the failures first."""

    @property
    def equal(self) -> bool:
        """Whether nothing that failed was found, and equality could be judged."""
        return self.proved and not self.counts[Kind.DIFFERS]

    @property
    def verified_through(self) -> datetime | None:
        """All that was committed until then is proved equal; None = not proved."""
        return instant(self.started) if self.equal else None


def reconcile(inquiry: Inquiry, sweep: Callable[[], Swept], dataset: str) -> Report:
    """Compare the source and the province of *dataset*.

    *sweep* reads the whole source once, in as many processes as it likes. Where the chain is not
    proved complete, the source is not read at all: what differed would say nothing (invariant 9).
    """
    began = inquiry.source.place()
    proved = inquiry.settle(began.clock)
    swept = sweep() if proved else Swept()
    settled = Settled(inquiry.generation, began.position, inquiry.source.place().position)
    differences = list(_differences(inquiry, swept, settled)) if proved else []
    counts = Counter(one.kind.value for one in differences)
    counts[Kind.QUARANTINED] += len(swept.quarantined)
    differences += [Difference(key, Kind.QUARANTINED, "refused") for key in swept.quarantined]
    order = list(Kind)
    shown = sorted(differences, key=lambda one: (order.index(one.kind), key_hash(one.key)))
    return Report(
        dataset=dataset,
        ruleset=inquiry.ruleset,
        started=began.clock,
        position=began.position,
        rows=swept.rows,
        proved=proved and all(one.proved for one in differences),
        counts=counts,
        differences=tuple(shown[:MOST_SHOWN]),
    )


def _differences(inquiry: Inquiry, swept: Swept, settled: Settled) -> Iterable[Difference]:
    """Judge what the sweep suspected, and what the province has beyond what the sweep met."""
    buckets = swept.buckets.differing(inquiry.province.sums(settled))
    rows = inquiry.province.rows(settled, buckets)
    strangers = set(swept.buckets.strangers(rows)) - swept.quarantined
    return inquiry.judge(list(dict.fromkeys((*swept.suspects, *sorted(strangers)))))


def record(connection: Connection, report: Report) -> None:
    """Write down what was found, once it is found: one row, in one transaction.

    Killed before, nothing is claimed; killed after, what stands was proved (invariant 8).
    """
    facts = {
        "dataset": report.dataset,
        "ruleset": report.ruleset,
        "started_at": instant(report.started),
        "source_position": report.position,
        "rows": report.rows,
        "verified_through": report.verified_through,
        **{kind.value: report.counts[kind.value] for kind in Kind},
    }
    with connection.transaction():
        connection.execute(read_queries("reconcile")["record"], facts)


def document(report: Report) -> dict[str, Any]:
    """Return the answer of `suoi reconcile --json`; keys are hashed (invariant 6)."""
    through = report.verified_through
    return {
        "dataset": report.dataset,
        "equal": report.equal,
        "verified_through": through.isoformat() if through else None,
        "reason": None if report.proved else UNSETTLED,
        "rows": report.rows,
        **{kind.value: report.counts[kind.value] for kind in Kind},
        "differences": [
            {"key": key_hash(one.key), "class": one.kind.value, "what": one.what}
            for one in report.differences
        ],
    }


def instant(micros: int) -> datetime:
    """Return µs since the epoch as a moment."""
    return _EPOCH + timedelta(microseconds=micros)
