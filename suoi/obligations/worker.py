"""`suoi run obligations`: the judge as a worker; it looks at the book every half minute.

Whatever is away, it says so once, gives its connections up and looks again: the book lies in the
database, so nothing is lost (invariant 8).
"""

import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import structlog

from consumers.ledger.obligations.judge import Judge, Turn
from consumers.loop import stop_on_signals
from infra.errors import Fatal, Transient
from infra.readiness import say_ready
from infra.settings import Settings
from schemas.calendar.book import CalendarUnknown
from suoi.obligations.desk import Desk, opened_desk
from suoi.obligations.witness import Proved

_log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Judge until told to stop (SIGTERM, SIGINT)."""
    Bench(settings, stop_on_signals()).go_on()


class Bench:
    """Where the judge sits, through the outages of all that is asked."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        """Nothing is opened yet."""
        self._settings, self._stop = settings, stop
        self._opened = ExitStack()
        self._desk: Desk | None = None
        self._proved = Proved()
        self._said = ""
        self._doubtful: set[int] = set()

    def go_on(self) -> None:
        """Take turns until told to stop."""
        say_ready()
        while not self._stop.is_set():
            try:
                _tell(self.turn(datetime.now(UTC)))
                self._said = ""
            except (Transient, Fatal, CalendarUnknown) as trouble:  # Invariant 8: look again
                self._say(str(trouble))
                self._close()
            self._stop.wait(self._settings.timing.judge)
        self._close()

    def turn(self, now: datetime) -> Turn:
        """Judge what waits at *now*."""
        desk = self._opened_desk()
        with closing(desk.look().remembering(self._proved)) as look:
            turn = Judge(store=desk.store, duties=desk.duties, witness=look).turn(now)
        if new := desk.store.doubtful - self._doubtful:
            _log.error("papers.doubtful", papers=sorted(new))
            self._doubtful |= new
        return turn

    def _opened_desk(self) -> Desk:
        if self._desk is None:
            self._desk = self._opened.enter_context(opened_desk(self._settings.home))
            self._desk.store.alone()
        return self._desk

    def _close(self) -> None:
        self._opened.close()
        self._desk = None

    def _say(self, reason: str) -> None:
        if reason != self._said:
            _log.warning("obligations.waiting", reason=reason)
        self._said = reason


def _tell(turn: Turn) -> None:
    """One line for a turn that added something."""
    if turn.opened or turn.judged:
        _log.info("duties.judged", opened=turn.opened, entries=turn.judged, waiting=turn.waiting)
