"""The gate of a stream worker: which datasets it judges, as `control.datasets` says.

A dataset that is paused is held by the driver: nothing of it is fetched, its offsets stay. A
dataset that cannot be judged any more is paused here (invariant 10): held first, then written down
for every other worker and for people. Killed anywhere between, the worker meets the record again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from infra.faults import point
from schemas.control import Standing, paused, vanished
from streams.deliveries import Deliveries
from streams.structure import Stop

BY = "streams"
"""Who pauses where no person did."""

_FOLLOW_S = 0.25
_log = structlog.get_logger()


class Control(Protocol):
    """Where standings are read: `infra.control.Control`, or a test's."""

    standings: dict[str, Standing]

    def follow(self, wait_s: float) -> None:
        """Take in what has been written since."""

    def catch_up(self) -> None:
        """Take in all that is written by now."""


Write = Callable[[Standing], Awaitable[None]]
"""Writes one standing and returns once the broker has it."""


class Gate:
    """Holds the topics of paused datasets, and pauses those that must stop."""

    def __init__(
        self,
        control: Control,
        write: Write,
        topics: Mapping[str, str],
        forget: Callable[[str, datetime], None] = lambda _dataset, _since: None,
    ) -> None:
        """*topics*: dataset -> its raw topic, of all that this worker judges.

        *forget* is told of each dataset that somebody let go on, and when.
        """
        self._control = control
        self._write = write
        self._topics = topics
        self._forget = forget
        self._since: dict[str, str] = {}
        self._deliveries = Deliveries()
        self._paused: set[str] = set()

    def guard(self, deliveries: Deliveries) -> None:
        """Hold from now on, in *deliveries*, what is paused; before the first chunk."""
        self._deliveries = deliveries
        self._control.catch_up()
        self.heed()

    async def follow(self) -> None:
        """Heed what others write, for ever."""
        while True:
            await asyncio.to_thread(self._control.follow, _FOLLOW_S)
            self.heed()

    def heed(self) -> None:
        """Hold and release topics so that they are as the standings say."""
        for dataset, topic in self._topics.items():
            standing = self._control.standings.get(dataset)
            stands = standing is not None and standing.paused
            self._tell(standing)
            if stands and dataset not in self._paused:
                self._paused.add(dataset)
                self._deliveries.hold(topic)
                _say("dataset.paused", standing)
            elif not stands and dataset in self._paused:
                self._paused.discard(dataset)
                self._deliveries.release(topic)
                _say("dataset.resumed", standing)

    def _tell(self, standing: Standing | None) -> None:
        """Tell of a dataset that was let go on, also where its pause was never met here."""
        if standing is None or standing.paused:
            return
        if self._since.get(standing.dataset) != standing.since:
            self._since[standing.dataset] = standing.since
            self._forget(standing.dataset, datetime.fromisoformat(standing.since))

    async def stop(self, stop: Stop) -> None:
        """Pause the dataset of *stop*; what others have decided meanwhile comes first.

        Raises:
            Transient: Kafka does not answer, or did not take the record.
        """
        name = stop.dataset.id
        self._deliveries.hold(stop.topic)  # Invariant 10
        await asyncio.to_thread(self._control.catch_up)
        before = self._control.standings.get(name)
        if _accepted(before, stop):
            self._deliveries.release(stop.topic)  # accepted while we judged: judge it again
            return
        if before is None or not before.paused:
            point("streams.before_pause")
            cause = stop.cause or vanished(stop.dataset, stop.columns, stop.at)
            await self._write(paused(name, cause, BY, before))
            point("streams.after_pause")
            await asyncio.to_thread(self._control.catch_up)
        self.heed()


def _accepted(standing: Standing | None, stop: Stop) -> bool:
    """Whether it runs, and the absence of every column of *stop* is accepted; a gap's likewise."""
    if standing is None or standing.paused or not stop.columns:
        return False
    return not set(stop.columns) - {*standing.accepted}


def _say(event: str, standing: Standing | None) -> None:
    """One line a change; the columns are names, and the words are not a row's."""
    if standing is None:
        _log.info(event)
        return
    cause = standing.cause
    _log.warning(
        event,
        dataset=standing.dataset,
        cause=cause.code,
        reason=cause.en,
        columns=list(cause.columns),
        at=cause.at,
        by=standing.by,
        since=standing.since,
    )
