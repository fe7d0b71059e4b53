"""`suoi run sentinel`: measures every hop again and again, and restarts what stands still.

It only looks, as whoever asks `suoi lag` does; what it asks for, the supervisor does. What it has
seen is one file of the home: it must be readable exactly when the province or Kafka is away.
"""

import math
import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from msgspec.structs import replace

from consumers.loop import stop_on_signals
from infra.lag.history import History, history_file, read_history, write_history
from infra.lag.standstill import Deed, Standstill, decide, stands_since
from infra.local.home import Home
from infra.local.requests import Request, ask_restart
from infra.local.state import State, read_state
from infra.readiness import say_ready
from infra.settings import Settings, Timing
from schemas.catalogue import Catalogue
from suoi.meter import Look, open_meter

_log = structlog.get_logger()


def run(settings: Settings, catalogue: Catalogue) -> None:
    """Look until told to stop (SIGTERM, SIGINT).

    Raises:
        Fatal: the stack of the settings is not there.
    """
    home, stop = Home(settings.home), stop_on_signals()
    with open_meter(home, catalogue) as meter:
        sentinel = Sentinel(home, settings.timing)
        watch(sentinel, meter.look, stop)


def watch(sentinel: "Sentinel", look: Callable[[], Look], stop: threading.Event) -> None:
    """Take looks, and the first before we are ready, until *stop* is set."""
    while not stop.is_set():
        sentinel.take(look())
        say_ready()
        stop.wait(sentinel.timing.sample)


class Sentinel:
    """Remembers looks and acts on what they show."""

    def __init__(self, home: Home, timing: Timing) -> None:
        """Go on from the file that an earlier one has left in *home*."""
        self.timing = timing
        self._home = home
        self._file = history_file(home.run)
        self._history = read_history(self._file)
        self._silent: dict[str, str] = {}

    def take(self, look: Look) -> History:
        """Take in one look: judge each worker, then write down what is known."""
        self._history.add(look.hops, look.workers, look.scene.at)
        self._say_silent(look)
        state = read_state(self._home.state_file)
        for worker in look.workers:
            self._judge(worker, state, look.scene.at)
        write_history(self._file, self._history)
        return self._history

    def _judge(self, worker: str, state: State, now: float) -> None:
        before = self._history.standstills.get(worker)
        restarted_at = before.restarted_at if before else None
        begun = max(_ready_since(state, worker), restarted_at or 0.0)
        samples = [one for one in self._history.workers[worker] if one.at >= begun]
        since = stands_since(samples)
        match decide(since, now, self.timing.standstill, restarted_at):
            case Deed.NOTHING:
                goes_on = since is None and samples and samples[-1].messages is not None
                if before is not None and not before.over and goes_on:
                    self._over(before)
            case Deed.RESTART:
                self._restart(worker, state, since or now, now)
            case Deed.REPORT:
                self._report(worker, before, since or now)

    def _restart(self, worker: str, state: State, since: float, now: float) -> None:
        note = self._note(worker, since)
        reason = f"it has stood still for {now - since:.0f} s while {note.waiting} records waited"
        process = state.process(worker)
        if process is None:
            self._report(worker, self._history.standstills.get(worker), since)
            return
        ask_restart(self._home, Request(component=worker, process=process, reason=reason))
        _log.error("worker.restarted", worker=worker, seconds=now - since, waiting=note.waiting)
        self._history.standstills[worker] = replace(note, restarted_at=now)

    def _report(self, worker: str, before: Standstill | None, since: float) -> None:
        note = self._note(worker, since)
        if before is None or not before.reported or before.over:
            _log.error("worker.stands_still", worker=worker, waiting=note.waiting)
        restarted_at = before.restarted_at if before else None
        self._history.standstills[worker] = replace(note, restarted_at=restarted_at, reported=True)

    def _over(self, before: Standstill) -> None:
        _log.info("worker.goes_on", worker=before.worker)
        self._history.standstills[before.worker] = replace(before, over=True, reported=False)

    def _note(self, worker: str, since: float) -> Standstill:
        waiting = self._history.workers[worker][-1].messages or 0
        return Standstill(worker=worker, since=since, waiting=waiting)

    def _say_silent(self, look: Look) -> None:
        """Say of each part that does not answer that it does not, once."""
        for part, sentence in look.scene.silent.items():
            if part not in self._silent:
                _log.warning("part.silent", part=part, reason=sentence)
        self._silent = dict(look.scene.silent)


def _ready_since(state: State, worker: str) -> float:
    """When this process of the worker became ready, epoch seconds; never, where it is not.

    One that another machine supervises is ready for all we know, and only reported.
    """
    standing = state.components.get(worker)
    if standing is None:
        return 0.0
    if standing.state != "ready":
        return math.inf
    return datetime.fromisoformat(standing.since).timestamp()
