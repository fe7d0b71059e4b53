"""The watch over one source: it looks before anything is followed, and again every few seconds.

Connect starts a task anew only where we ask it to (`errors.max.retries` = 0), except when Connect
itself starts: then the gate, a statement each connection of the task must pass, asks the server
whether it is still the one we saw last. So a restored source is met by a look of ours, or by the
gate, before its log is followed (invariant 10).

Where a source is sound and its task runs, loads that were cut short are asked for again.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import structlog

from connectors.engines import Engine, engine_of
from connectors.guards import Refusal
from connectors.place import GATE_KEY
from connectors.sources import Source
from connectors.vitals import falls_behind
from infra.connect import Connect, ConnectorState
from infra.errors import Transient
from infra.faults import point
from infra.local.files import write_whole
from infra.memory import Memory
from infra.source_database import SourceDatabase
from schemas.vitals import NO_MARK, Seen, Vitals

SHUT = "SELECT (SELECT 1 UNION ALL SELECT 2)"
"""A statement no server passes: two rows where one is asked for."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_WITHIN_S = 600.0
_LOADS_EVERY_S = 60.0
_log = structlog.get_logger()


class Keeper(Protocol):
    """Where the watch keeps what it saw, and holds datasets: Kafka, or a test's."""

    def memory(self) -> Memory:
        """Return all that is known of the sources by now."""

    def remember(self, seen: Seen) -> None:
        """Keep *seen*; returns once it is durable."""

    def hold(self, source: str, sentence: str) -> None:
        """Pause each dataset of *source* that runs, because of what *sentence* says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One source as the watch sees it: its database as the CDC role, and its connector."""

    source: Source
    database: SourceDatabase
    connect: Connect
    gate_file: Path
    ask_again: Callable[[int], tuple[str, ...]]
    """Asks for the loads, of the generation given, that were cut short; names them."""

    @property
    def engine(self) -> Engine:
        """How this source's engine does it."""
        return engine_of(self.source)


@dataclass(slots=True)
class Patience:
    """How long a failed task waits before it is started again: longer each time it fails.

    It is started at most *allowed* times within ten minutes. What is left failed then is a person's
    (`failed`), and still tried again as the ten minutes pass (invariant 8).
    """

    allowed: int = 3
    wait_s: float = _FIRST_WAIT_S
    next: float = 0.0
    clock: Callable[[], float] = field(default=time.monotonic)
    starts: deque[float] = field(default_factory=deque)
    """When it was started within the last ten minutes."""
    failed: ConnectorState | None = None
    """How it was when it had used up its starts; None while it runs or has some left."""

    def due(self, state: ConnectorState) -> bool:
        """Say whether one that has failed so may be started now; the next time is further off."""
        now = self.clock()
        while self.starts and now - self.starts[0] > _WITHIN_S:
            self.starts.popleft()
        if len(self.starts) >= self.allowed:
            self.failed = state
            return False
        if now < self.next:
            return False
        self.starts.append(now)
        self.next = now + self.wait_s
        self.wait_s = min(self.wait_s * 2, _LONGEST_WAIT_S)
        return True

    def forget(self) -> None:
        """It runs: the next wait is short again; what it was started for is not forgotten."""
        self.wait_s, self.failed = _FIRST_WAIT_S, None


@dataclass(slots=True)
class Sparing:
    """Asks for loads cut short at most once a minute; what failed, at the next look again."""

    ask: Callable[[int], tuple[str, ...]]
    next: float = 0.0
    clock: Callable[[], float] = field(default=time.monotonic)

    def __call__(self, generation: int) -> tuple[str, ...]:
        """Ask, unless that was done within the minute; names the tables asked for."""
        if self.clock() < self.next:
            return ()
        tables = self.ask(generation)
        self.next = self.clock() + _LOADS_EVERY_S
        return tables


def look(post: Post, keeper: Keeper, patience: Patience) -> Seen | None:
    """Look at one source once; None where it is being regenerated and nothing may be judged.

    Raises:
        Transient: Kafka or the source does not answer, or Connect when asked of the loads.
        Fatal: the source refuses to be looked at, for example because rights are missing.
    """
    memory, name = keeper.memory(), post.source.id
    if memory.resetting(name):
        return None
    generation = memory.generation(name, post.source.generation)
    before = memory.seen(name, generation)
    if before is None or not before.broken:
        before = _looked(post, keeper, before, generation)
    if before.broken:
        if keeper.memory().generation(name, generation) != generation:
            return None  # a person begins it anew at this moment
        _stop(post, keeper, before)
    elif _runs(post, patience):
        _ask_again(post, generation)
    return before


def _looked(post: Post, keeper: Keeper, before: Seen | None, generation: int) -> Seen:
    """Judge the source; where it is sound raise its mark, open the gate to it, remember it."""
    now = post.engine.read_vitals(post.database)
    behind = falls_behind(before.vitals, now) if before else iter(())
    found = next(chain(behind, _gaps(post)), None)
    if found is None:
        now = _marked(post, before.vitals if before else now, now)
        point("watch.after_mark")
        open_gate(post.gate_file, post.engine.gate(now))
    seen = _seen(post.source.id, generation, before.vitals if found and before else now, found)
    keeper.remember(seen)
    point("watch.after_memory")
    return seen


def _gaps(post: Post) -> Iterator[Refusal]:
    """Without Connect nobody knows its offset, and an older one would raise a false alarm."""
    try:
        post.connect.names()
    except Transient:
        return iter(())
    return post.engine.gaps(
        post.database, post.source, lambda: stored_offset(post.connect, post.source)
    )


def stored_offset(connect: Connect, source: Source) -> Mapping[str, Any] | None:
    """What Connect has committed of *source*; None before it holds a position."""
    offset = connect.offset(source.id)
    return offset if offset and engine_of(source).position_key in offset else None


def _marked(post: Post, before: Vitals, now: Vitals) -> Vitals:
    """Raise the mark, never over a source that has fallen behind meanwhile.

    Raises:
        Transient: it has; the next look says how.
    """
    ask = post.engine.ask
    ask(post.database, "advance", {"n": max(before.mark, now.mark)})
    [(mark,)] = ask(post.database, "marked", None) or [(NO_MARK,)]
    if mark <= now.mark:
        message = f"source {post.source.id} fell behind while it was looked at; looking again."
        raise Transient(message)
    return Vitals(server=now.server, timeline=now.timeline, log_end=now.log_end, mark=mark)


def _seen(source: str, generation: int, vitals: Vitals, found: Refusal | None) -> Seen:
    if found is not None:
        _log.error("source.broken", source=source, guard=found.guard, reason=found.sentence)
    return Seen(
        source=source,
        generation=generation,
        vitals=vitals,
        since=datetime.now(UTC).isoformat(timespec="milliseconds"),
        guard=found.guard if found else "",
        broken=found.sentence if found else "",
    )


def _stop(post: Post, keeper: Keeper, seen: Seen) -> None:
    """Let nothing more of the source through (invariant 10); done again at each look."""
    open_gate(post.gate_file, SHUT)
    keeper.hold(post.source.id, seen.broken)
    state = post.connect.state(post.source.id)
    if state is not None and state.connector != "STOPPED":
        post.connect.stop(post.source.id)


def _runs(post: Post, patience: Patience) -> bool:
    """Say whether connector and task run; start what has failed."""
    try:
        state = post.connect.state(post.source.id)
    except Transient:
        return False  # Connect is away; at its start the gate asks in our place
    if state is None:
        return False
    if state.running:
        patience.forget()
    elif "FAILED" in state[:2] and patience.due(state):
        _log.warning("connector.started", source=post.source.id, cause=state.cause)
        post.connect.restart_failed(post.source.id)
    return state.running


def _ask_again(post: Post, generation: int) -> None:
    """Ask for the loads that were cut short: they need no person (invariant 8).

    The look is done by now; what fails here is said as a trouble of this look, and asked at the
    next. Killed before the signal, the next look asks. Killed between signal and line, the line is
    missing; the signal travels, and only a load lost once more is asked for twice: harmless, its
    rows stand under the guard.
    """
    tables = post.ask_again(generation)
    if tables:
        _log.warning("load.asked_again", source=post.source.id, tables=list(tables))


def open_gate(file: Path, statement: str) -> None:
    """Put *statement* where Connect reads it at each start of the task, whole or not at all."""
    write_whole(file, f"{GATE_KEY}={statement}\n")
