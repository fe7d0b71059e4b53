"""The first broken link of a dataset's chain, as `suoi why` finds it: code and figures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from consumers.ledger.obligations.evidence import Channel
from infra.errors import Trouble
from infra.local.home import Home
from schemas.contract import Dataset
from suoi.why.chain import Answer, Link
from suoi.why.gather import gather
from suoi.why.links import find

_OURS = frozenset(
    {
        "stack.down", "source.away", "kafka.away", "connect.away", "province.away",
        "slot.gone", "slot.inactive", "source.broken", "publication.table",
        "connector.absent", "connector.stopped", "connector.paused", "connector.failed",
        "topic.missing", "topic.denied", "topic.expired", "raw.expired",
        "worker.frozen", "worker.down", "worker.stands", "worker.absent",
    }
)  # fmt: skip
"""What DOMAIN.md 11 calls technical (cause 2). A load that is not whole and a worker that is only
behind are volume (3), a pause and columns that differ are structure (4): they have their own lines.
"""
_STANDS = ("worker.frozen", "worker.stands")
_FIGURES = (
    "worker", "seconds", "messages", "trend", "clears_in_seconds",
    "connector", "task", "guard", "since", "hop", "gap",
)  # fmt: skip
"""What of an answer's evidence is kept for good; a cause that a server told in its own words may
hold values of a row (invariant 6)."""


def broken(home: Home, dataset: Dataset, known: Channel) -> Channel:
    """Add to *known* the first broken link of *dataset*; unknown where it cannot be looked for."""
    try:
        return ours(find(gather(home, dataset)), known)
    except Trouble:
        return known


def ours(answer: Answer, known: Channel) -> Channel:
    """Add *answer* to *known* where it is a fault of ours that keeps changes from the ledger."""
    if answer.code not in _OURS or answer.link is Link.CACHE:
        return known
    shown = figures(answer.evidence)
    worker = shown.get("worker")
    stuck = (str(worker),) if worker and answer.code in _STANDS else ()
    return replace(known, link=answer.code, shown=shown, stuck=stuck or known.stuck)


def figures(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Give of *evidence* what may be stored with a verdict."""
    return {name: evidence[name] for name in _FIGURES if evidence.get(name) is not None}
