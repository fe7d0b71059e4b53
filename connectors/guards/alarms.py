"""The guards of a source that runs: pure, over its pressure; whatever the engine.

A refusal stops something; an alarm tells a person in time. Each threshold has two grades
(infra.settings.Limits).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connectors.guards import REGENERATE, RUN_SCRIPT
from connectors.guards.pressure import Pressure
from connectors.sources import Source
from infra.connect import ConnectorState
from infra.settings import Limits
from schemas.alarms import Alarm, Severity

_DRAIN = (
    "see why it is not read: `suoi connector status`; a connector that runs frees it within minutes"
)


Facts = dict[str, str | int | float]


@dataclass(slots=True)
class Ages:
    """Since when each open transaction has been seen: a CDC role is not told when it began."""

    since: dict[str, float] = field(default_factory=dict)

    def oldest_s(self, ids: Iterable[str], now: float) -> float:
        """Take in the *ids* open at *now* (seconds of any steady clock); age of the oldest."""
        self.since = {one: self.since.get(one, now) for one in ids}
        return now - min(self.since.values(), default=now)


def alarms_of(source: Source, pressure: Pressure, skew_s: float, limits: Limits) -> list[Alarm]:
    """Judge one reading; *skew_s* is how far the source's clock is before ours."""
    guards = (
        _place(source, pressure),
        _room(source, pressure, limits),
        _publication(source, pressure),
        _transactions(source, pressure, limits),
        _heartbeat(source, pressure, limits),
        _skew(source, skew_s, limits),
    )
    return [alarm for guard in guards for alarm in guard]


def figures_of(pressure: Pressure, skew_s: float) -> Facts:
    """What was measured, whether it alarms or not; what is unknown is absent, never 0."""
    found = {
        "slot_present": pressure.slot,
        "slot_active": pressure.active,
        "slot_kept_bytes": pressure.kept_bytes,
        "slot_cap_bytes": pressure.cap_bytes,
        "log_behind_seconds": pressure.behind_s,
        "log_keep_seconds": pressure.keep_s,
        "heartbeat_age_seconds": pressure.heartbeat_age_s,
        "transaction_age_seconds": pressure.transaction_s,
        "clock_skew_seconds": round(skew_s, 3),
        "wal_status": pressure.status or None,
    }
    return {
        name: int(value) if isinstance(value, bool) else value
        for name, value in found.items()
        if value is not None  # Invariant 9
    }


def graded(value: float, warn: float, critical: float) -> Severity | None:
    """Grade *value*; None below both."""
    if value >= critical:
        return Severity.CRITICAL
    return Severity.WARN if value >= warn else None


def unreachable(source: Source, sentence: str) -> Alarm:
    """Say that nobody can look at *source*: capture is blind, however well its task runs."""
    return Alarm(
        code="source.unreachable",
        source=source.id,
        severity=Severity.CRITICAL,
        sentence=f"it cannot be looked at: {sentence}",
        next_step="is its server up, and does it let our role in? It is asked again by itself",
    )


def failing(source: Source, state: ConnectorState, starts: int) -> Alarm:
    """Say that the task of *source* fails again and again, after *starts* starts in ten minutes."""
    cause = state.cause or "no cause is told"
    return Alarm(
        code="connector.failing",
        source=source.id,
        severity=Severity.CRITICAL,
        sentence=f"its task was started {starts} times in ten minutes and failed again: {cause}",
        next_step=(
            "read logs/connect.log for that cause; when it is gone `suoi connector apply` starts "
            "the task at once, and it is tried again by itself every few minutes"
        ),
        evidence={"starts": starts, "cause": cause},
    )


def _place(source: Source, pressure: Pressure) -> Iterator[Alarm]:
    """Our place in the log: gone, lost, ahead of us, or about to be lost (FACTS 4, traps 4, 5)."""
    said = {
        "slot.missing": (not pressure.has_place, f"{pressure.place} is gone; {REGENERATE}"),
        "slot.lost": (pressure.lost, f"log that we had not read was removed; {REGENERATE}"),
        "slot.ahead": (pressure.ahead, f"{pressure.place} ran ahead of us; {REGENERATE}"),
        "slot.unreserved": (
            pressure.status == "unreserved",
            f"{pressure.place} keeps more than it is allowed: the next checkpoint may lose it",
        ),
    }
    for code, (wrong, sentence) in said.items():
        if wrong:
            step = _DRAIN if code == "slot.unreserved" else "docs/runbooks/source-restored.md"
            facts: Facts = {"place": pressure.place, "wal_status": pressure.status}
            yield _critical(code, source, sentence, step, facts)


def _room(source: Source, pressure: Pressure, limits: Limits) -> Iterator[Alarm]:
    """How much of what the source keeps for us is used: before its disk or our place is lost."""
    for used, whole, unit in (
        (pressure.kept_bytes, pressure.cap_bytes or limits.uncapped_bytes, "bytes"),
        (pressure.behind_s, pressure.keep_s, "seconds"),
    ):
        if used is None or whole is None:
            continue
        share = used / whole
        severity = graded(share, limits.slot_warn, limits.slot_critical)
        if severity is not None:
            without = pressure.cap_bytes is None and unit == "bytes"
            limit = f"{whole} {unit}" + (", at which we warn: it has no limit" if without else "")
            yield Alarm(
                code="slot.lag",
                source=source.id,
                severity=severity,
                sentence=f"it keeps {used:.0f} {unit} of log for us, {share:.0%} of {limit}",
                next_step=_DRAIN,
                evidence={f"used_{unit}": used, f"limit_{unit}": whole, "share": round(share, 4)},
            )


def _publication(source: Source, pressure: Pressure) -> Iterator[Alarm]:
    """Trap 6: a table outside the publication is silently never captured."""
    for dataset, table in pressure.unpublished:
        sentence = f"table {table} is not in publication {source.publication}: its changes are lost"
        yield Alarm(
            code="publication.table",
            source=source.id,
            severity=Severity.CRITICAL,
            sentence=sentence,
            next_step=f"{RUN_SCRIPT} Then load the table again",
            evidence={"table": table, "publication": source.publication},
            dataset=dataset.id,
        )


def _transactions(source: Source, pressure: Pressure, limits: Limits) -> Iterator[Alarm]:
    """A transaction that has written holds the whole log behind it until it ends."""
    age = pressure.transaction_s
    severity = age and graded(age, limits.transaction_warn_s, limits.transaction_critical_s)
    if age and severity:
        yield Alarm(
            code="transaction.long",
            source=source.id,
            severity=severity,
            sentence=f"a transaction has been open for {age:.0f} s at the least and holds its log",
            next_step="ask the DBA who holds it, and to end it",
            evidence={"age_seconds": round(age, 1), "open": len(pressure.writers or ())},
        )


def _heartbeat(source: Source, pressure: Pressure, limits: Limits) -> Iterator[Alarm]:
    """The connector writes the heartbeat: while it is old, nothing proves that anything comes."""
    age = pressure.heartbeat_age_s
    if age is None:
        step = f"`suoi connector apply`; is that refused, {RUN_SCRIPT}"
        yield _critical("heartbeat.none", source, "no heartbeat was ever written", step, {})
        return
    beat_s = 3 * source.heartbeat_ms / 1000
    warn, critical = max(limits.heartbeat_warn_s, beat_s), max(limits.heartbeat_critical_s, beat_s)
    severity = graded(age, warn, critical)
    if severity is not None:
        yield Alarm(
            code="heartbeat.age",
            source=source.id,
            severity=severity,
            sentence=f"its heart has not beaten for {age:.0f} s: its connector does not run",
            next_step="`suoi connector status` says how connector and task are",
            evidence={"age_seconds": round(age, 1)},
        )


def _skew(source: Source, skew_s: float, limits: Limits) -> Iterator[Alarm]:
    """Whether a change came before the cut-off is told by the source's clock (DOMAIN.md 11)."""
    severity = graded(abs(skew_s), limits.skew_warn_s, limits.skew_critical_s)
    if severity is not None:
        word = "before" if skew_s > 0 else "behind"
        yield Alarm(
            code="clock.skew",
            source=source.id,
            severity=severity,
            sentence=f"its clock is {abs(skew_s):.1f} s {word} ours",
            next_step="ask the DBA to synchronise it (NTP), or mend ours",
            evidence={"skew_seconds": round(skew_s, 3)},
        )


def _critical(code: str, source: Source, sentence: str, step: str, evidence: Facts) -> Alarm:
    return Alarm(
        code=code,
        source=source.id,
        severity=Severity.CRITICAL,
        sentence=sentence,
        next_step=step,
        evidence=evidence,
    )
