"""Judging a duty: how it stands at a moment, from the evidence alone (DOMAIN.md 11).

The order is that of the law: at the cut-off EXEMPT, MET_CHANGED, MET_NIL_ATTESTED, MET_NO_CHANGE,
else PENDING; until + 24 h the first moment at which it is met makes it LATE; then BLOCKED, PARTIAL
or MISSED. Nothing is judged before the watermark passes the cut-off, but what needs no rows at all:
an exemption, and a ministry's system that was never opened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from consumers.ledger.obligations.causes import Question, Why, blocked, why
from consumers.ledger.obligations.duties import Duty
from consumers.ledger.obligations.evidence import Arrived, Evidence
from consumers.ledger.obligations.words import Cause, Status

SETTLE = timedelta(seconds=60)
"""How long after a deadline what was committed by it may take to arrive (freshness PT60S)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """How a duty stands, and why where it is late."""

    status: Status
    final: bool
    """It goes into the book for good; else it is only how things stand now."""
    why: Why | None = None
    facts: dict[str, Any]
    """What it was judged by, as it is stored."""


def judge(duty: Duty, evidence: Evidence, now: datetime, alerted: Cause | None = None) -> Judgement:
    """Say how *duty* stands at *now* (aware).

    *alerted* is the cause that stood when it was told of as pending. A duty that was met in time,
    as only became known later, is late if that cause was not ours: the province did not have it.
    """
    if now < duty.key.due:
        return _standing(Status.PENDING, evidence)
    if evidence.exemption is not None:
        return _final(Status.EXEMPT, evidence)
    if not evidence.passed(duty.key.due):
        return _unproved(duty, evidence, now)
    return _proved(duty, evidence, now, alerted)


def _proved(duty: Duty, evidence: Evidence, now: datetime, alerted: Cause | None) -> Judgement:
    met = in_time(duty, evidence)
    if met is not None and (alerted is None or alerted.ours):
        return _final(met, evidence)
    if now < duty.key.due + SETTLE:
        return _pending(duty, evidence, now)
    if met is not None or met_by_now(duty, evidence):
        reason = _seen(alerted) or _why(duty, evidence, evidence.arrived)
        return _final(Status.LATE, evidence, reason)
    if now < duty.breach_at + SETTLE:
        return _pending(duty, evidence, now)
    return _missed(duty, evidence)


def in_time(duty: Duty, evidence: Evidence) -> Status | None:
    """Say how *duty* was met by its cut-off, or None."""
    said = evidence.attested.by(duty.key.due)
    return _met(duty, evidence.arrived, attested=said)


def met_by_now(duty: Duty, evidence: Evidence) -> bool:
    """Say whether *duty* is met by now, at most by its breach."""
    said = evidence.attested.by(duty.breach_at)
    return _met(duty, evidence.by_now, attested=said) is not None


def _met(duty: Duty, rows: Arrived, *, attested: bool) -> Status | None:
    """Apply the three ways of meeting a duty; an event wins over an attestation."""
    if rows.events:
        enough = rows.share >= Decimal(duty.completeness_min)
        return Status.MET_CHANGED if enough else None
    if attested:
        return Status.MET_NIL_ATTESTED
    return None if duty.mandatory else Status.MET_NO_CHANGE


def _unproved(duty: Duty, evidence: Evidence, now: datetime) -> Judgement:
    """What stands while the watermark is not past the cut-off: no unit is judged by it."""
    asked = Question(duty=duty, evidence=evidence, arrived=evidence.by_now)
    outside = blocked(asked)
    if outside is not None and now >= duty.breach_at:
        return _final(Status.BLOCKED, evidence, Why(cause=Cause.BLOCKED_MINISTRY, facts=outside))
    return _pending(duty, evidence, now)  # Invariants 9, 10


def _pending(duty: Duty, evidence: Evidence, now: datetime) -> Judgement:
    told = _why(duty, evidence, evidence.by_now) if now >= duty.alert_at else None
    return _standing(Status.PENDING, evidence, told)


def _missed(duty: Duty, evidence: Evidence) -> Judgement:
    reason = _why(duty, evidence, evidence.by_now)
    if reason.cause is Cause.BLOCKED_MINISTRY:
        return _final(Status.BLOCKED, evidence, reason)
    status = Status.PARTIAL if evidence.by_now.events else Status.MISSED
    return _final(status, evidence, reason)


def _why(duty: Duty, evidence: Evidence, rows: Arrived) -> Why:
    return why(Question(duty=duty, evidence=evidence, arrived=rows))


def _seen(alerted: Cause | None) -> Why | None:
    """The cause that held it when it was told of is the one that made it late."""
    return None if alerted is None else Why(cause=alerted, facts={"seen": "alert"})


def _final(status: Status, evidence: Evidence, reason: Why | None = None) -> Judgement:
    return Judgement(status=status, final=True, why=reason, facts=_facts(evidence))


def _standing(status: Status, evidence: Evidence, reason: Why | None = None) -> Judgement:
    return Judgement(status=status, final=False, why=reason, facts=_facts(evidence))


def _facts(evidence: Evidence) -> dict[str, Any]:
    """What every judgement stores, whatever its cause."""
    through, said = evidence.complete_through, evidence.attested
    return {
        "complete_through": through and through.isoformat(),
        "arrived": evidence.arrived.facts(),
        "by_now": evidence.by_now.facts(),
        "unassigned": evidence.unassigned,
        "attested": said.at and {"at": said.at.isoformat(), "way": said.way},
        "attest_conflict": bool(said.at and evidence.arrived.events),
        "exemption": evidence.exemption,
    }
