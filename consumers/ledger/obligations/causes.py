"""The decision table of DOMAIN.md 11: why a duty is late; the first line that matches decides.

Each line looks at the evidence and gives the facts that are stored with the cause, or None where it
does not match. No line matching is TECHNICAL, unexplained: ours until proven otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from consumers.ledger.obligations.duties import Duty
from consumers.ledger.obligations.evidence import Arrived, Evidence
from consumers.ledger.obligations.words import Cause

_HALF = Decimal("0.5")
Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A duty, what is known, and the rows it is asked of."""

    duty: Duty
    evidence: Evidence
    arrived: Arrived


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """The cause and what proves it."""

    cause: Cause
    facts: Facts


def why(question: Question) -> Why:
    """Return the cause of the first line of TABLE that matches *question*."""
    for cause, line in TABLE:
        facts = line(question)
        if facts is not None:
            return Why(cause=cause, facts=facts)
    return Why(cause=Cause.TECHNICAL, facts={"unexplained": True})


def blocked(question: Question) -> Facts | None:
    """1: a ministry's own system that has not been opened, or no exchange has succeeded."""
    if question.duty.vertical and not question.evidence.exchanged:
        return {"channel": "vertical", "exchanged": False}
    return None


def technical(question: Question) -> Facts | None:
    """2: heartbeat older than 120 s, task failed, slot lost, a part unreachable, worker stuck."""
    return question.evidence.channel.faults() or None


def volume(question: Question) -> Facts | None:
    """3: everything alive, the first load unfinished or lag growing at full throughput."""
    load = question.evidence.load
    if not load.volume:
        return None
    told = {"done": load.done, "total": load.total, "rate": load.rate}
    return {"loaded": load.whole, "growing_min": load.growing_min, **told}


def structure(question: Question) -> Facts | None:
    """4: paused by the schema gate, or a mandatory column differs from the central template."""
    held = question.evidence.structure
    if held.gated or held.columns:
        return {"held": held.held, "columns": list(held.columns)}
    return None


def not_updated(question: Question) -> Facts | None:
    """5: the watermark is past the cut-off; no event, and nobody attested that there was none."""
    duty, known = question.duty, question.evidence
    if question.arrived.events or known.attested.by(duty.key.due):
        return None
    if not known.passed(duty.key.due):  # Invariant 9: silence is not yet proved
        return None
    through, last = known.complete_through, known.last_event
    return {
        "complete_through": through and through.isoformat(),
        "last_event": last and last.isoformat(),
        "unassigned": known.unassigned,
    }


def lacking(question: Question) -> Facts | None:
    """6: rows arrived; half or more of the refused lack a mandatory field."""
    rows = question.arrived
    if rows.refused and Decimal(rows.lacking) / rows.refused >= _HALF:
        return rows.facts()
    return None


def unstandard(question: Question) -> Facts | None:
    """7: rows arrived; any other rejects."""
    return question.arrived.facts() if question.arrived.refused else None


Line = Callable[[Question], Facts | None]
TABLE: tuple[tuple[Cause, Line], ...] = (
    (Cause.BLOCKED_MINISTRY, blocked),
    (Cause.TECHNICAL, technical),
    (Cause.VOLUME, volume),
    (Cause.STRUCTURE_NOT_UNIFIED, structure),
    (Cause.UNIT_NOT_UPDATED, not_updated),
    (Cause.MISSING_MANDATORY, lacking),
    (Cause.NOT_STANDARDISED, unstandard),
)
