"""One round of the guards over one source after another: read, judge, tell what has changed.

A round stops nothing and fails for nothing: what keeps it from being made is an alarm itself.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from connectors.engines import engine_of
from connectors.guards.alarms import Ages, alarms_of, figures_of, unreachable
from connectors.guards.pressure import Pressure
from connectors.sources import Source
from infra.errors import Transient, Trouble
from infra.settings import Limits
from infra.source_database import SourceDatabase
from schemas.alarms import Alarm, Alarms
from schemas.contract import Dataset

_TOLD_S = 10.0
"""What has not changed is told so often: whoever reads it knows that somebody looks."""
_log = structlog.get_logger()
ReadOffset = Callable[[], Mapping[str, Any] | None]


class Teller(Protocol):
    """Where alarms are kept: Kafka, or a test's."""

    def tell(self, alarms: Alarms) -> None:
        """Keep *alarms* in place of those before; returns once they are durable."""


@dataclass(slots=True)
class Round:
    """The guards of one source; what must be remembered from one round to the next is here."""

    source: Source
    datasets: Sequence[Dataset]
    limits: Limits
    teller: Teller
    clock: Callable[[], float] = field(default=time.monotonic)
    ages: Ages = field(default_factory=Ages)
    _begun: float | None = None
    _told: tuple[tuple[str, ...], ...] = ()
    _next: float = 0.0

    def go(self, database: SourceDatabase, read_offset: ReadOffset, *more: Alarm) -> None:
        """Look at the source through *database*; *more* is what others have found of it.

        Raises:
            Transient: Kafka does not take what was found.
        """
        try:
            found, figures = self._judge(database, _patient(read_offset))
        except Trouble as trouble:
            found, figures = [unreachable(self.source, str(trouble))], {}
        self._tell([*found, *more], figures)

    def blind(self, sentence: str, *more: Alarm) -> None:
        """Say that the source cannot be looked at at all, because of what *sentence* says."""
        self._tell([unreachable(self.source, sentence), *more], {})

    def _judge(
        self, database: SourceDatabase, read_offset: ReadOffset
    ) -> tuple[list[Alarm], dict[str, str | int | float]]:
        before = time.time()
        engine = engine_of(self.source)
        pressure = engine.read_pressure(database, self.source, self.datasets, read_offset)
        skew_s = skew_seconds(pressure.source_s, before, time.time())
        if pressure.writers is not None:
            age = self.ages.oldest_s(pressure.writers, self.clock())
            pressure = replace(pressure, transaction_s=age)
        seen = replace(pressure, heartbeat_age_s=self._silence_s(pressure))
        found = alarms_of(self.source, seen, skew_s, self.limits)
        return found, figures_of(pressure, skew_s)

    def _silence_s(self, pressure: Pressure) -> float | None:
        """For how long we know that its heart has not beaten: not longer than we have looked.

        A stack that was down for a night finds an old heartbeat, and its connector not begun yet.
        """
        begun = self._begun = self.clock() if self._begun is None else self._begun
        watched_s = self.clock() - begun
        age = pressure.heartbeat_age_s
        if age is None and watched_s >= self.limits.heartbeat_warn_s:
            return None
        return watched_s if age is None else min(age, watched_s)

    def _tell(self, alarms: list[Alarm], figures: dict[str, str | int | float]) -> None:
        told = tuple(sorted((one.code, one.dataset, one.severity.value) for one in alarms))
        if told == self._told and self.clock() < self._next:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        record = Alarms(source=self.source.id, at=at, alarms=tuple(alarms), figures=figures)
        self.teller.tell(record)
        if told != self._told:
            codes = [f"{code} {dataset}".strip() for code, dataset, _ in told]
            _log.warning("guards.changed", source=self.source.id, alarms=codes)
        self._told, self._next = told, self.clock() + _TOLD_S


def skew_seconds(source_s: float, before: float, after: float) -> float:
    """How far the source's clock is before ours; what the question itself took is no skew."""
    if before <= source_s <= after:
        return 0.0
    return source_s - after if source_s > after else source_s - before


def _patient(read_offset: ReadOffset) -> ReadOffset:
    """Without Connect nobody knows its offset; what can be judged without it is."""

    def read() -> Mapping[str, Any] | None:
        try:
            return read_offset()
        except Transient:
            return None

    return read
