"""The finder: follows the provincial sink, and judges what it has written by rules over rows.

It keeps nothing in memory: where it stands, which tables it is reading again, and what belongs
together are rows of the database, written in one transaction with the findings. So a kill at any
moment costs the transaction in hand, and its successor does that one again (invariants 3, 8).
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping

import structlog

from consumers.findings.follower import KafkaKeys, Keys, follow, forget, look_ahead, move
from consumers.findings.judge import Judge, Totals
from consumers.findings.rules import rules_of
from consumers.loop import stop_on_signals
from consumers.waits import waits
from infra import faults
from infra.errors import NotOwner, Transient, Usage
from infra.kafka_reader import open_reader
from infra.postgres import Database
from infra.queries import read_queries
from infra.readiness import say_ready
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

NAME = "findings"
_IDLE_S = 0.5
"""How long to wait before looking again whether the sink has moved."""

log = structlog.get_logger()


class Finder:
    """Judges what the provincial sink has written, one transaction a turn."""

    def __init__(self, database: Database, keys: Keys, judge: Judge) -> None:
        """Take the provincial *database*, and whoever tells the *keys* that were touched."""
        self._database = database
        self._keys = keys
        self._judge = judge
        self._datasets: dict[str, str] = {}

    def begin(self, catalogue: Mapping[str, Dataset]) -> None:
        """Write the rules down; tables that were judged by other rules will be read again.

        Raises:
            Transient: the database is away.
            Fatal: its tables differ from this release.
        """
        self._datasets = {
            topic: name for name in self._judge.datasets for topic in _topics(catalogue[name])
        }
        with self._database.transaction() as connection:
            self._judge.begin(connection)
            forget(connection, list(self._datasets))

    def turn(self) -> Totals:
        """Judge what was touched, and one page of what must be read again; empty = nothing to do.

        Raises:
            NotOwner: another finder judged the same; what this one did of it was rolled back.
            Transient: the database or Kafka is away; nothing was written.
        """
        totals = self._follow() + self._catch_up()
        return totals + Counter(turns=1) if totals else totals

    def _follow(self) -> Totals:
        with self._database.transaction() as connection:
            ahead = look_ahead(connection, list(self._datasets))
            if ahead.unknown:
                again = {self._datasets[place.topic] for place in ahead.unknown}
                follow(connection, ahead.unknown, sorted(again))
        if not ahead.moves:
            return Counter()
        touched = self._keys.read(ahead.moves)
        with self._database.transaction() as connection:
            connection.execute(read_queries("findings")["one_at_a_time"])
            move(connection, ahead.moves)  # Invariant 1: with the findings, or not at all
            named = {self._datasets[topic]: keys for topic, keys in touched.items()}
            totals = self._judge.judge(connection, named)
            totals["records"] = sum(one.next - one.start for one in ahead.moves.values())
            faults.point("findings.before_commit")
        faults.point("findings.after_commit")
        return totals

    def _catch_up(self) -> Totals:
        with self._database.transaction() as connection:
            connection.execute(read_queries("findings")["one_at_a_time"])
            totals = self._judge.catch_up(connection)
            faults.point("findings.before_page")
        return totals


def _topics(dataset: Dataset) -> tuple[str, ...]:
    """Clean topics whose records the sink may still take: the versions before among them."""
    return topics.clean_versions(dataset)


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """Follow the provincial sink until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka.
        Transient: a part stayed away for longer than our patience.
        Fatal: a person is needed.
    """
    if settings.kafka is None:
        message = "SUOI_KAFKA_BOOTSTRAP is not set; the finder needs Kafka."
        raise Usage(message)
    stop = stop_on_signals()
    reader = open_reader(settings.kafka, NAME)
    judge = Judge(rules_of(catalogue), catalogue)
    finder = Finder(Database(f"suoi-{NAME}"), KafkaKeys(reader), judge)
    try:
        _patiently(lambda: finder.begin(catalogue), settings.timing.patience, stop)
        _patiently(lambda: _turn(finder, stop), settings.timing.patience, stop)
        say_ready()
        while not stop.is_set():
            _patiently(lambda: _turn(finder, stop), settings.timing.patience, stop)
    finally:
        reader.close()


def _turn(finder: Finder, stop: threading.Event) -> None:
    try:
        totals = finder.turn()
    except NotOwner as reason:
        log.warning("turn.lost", reason=str(reason))
        stop.wait(_IDLE_S)
        return
    if totals:
        log.info("groups.judged", **totals)
    else:
        stop.wait(_IDLE_S)


def _patiently(work: Callable[[], None], patience: float, stop: threading.Event) -> None:
    """Do *work*; while its trouble is transient, wait and do it again."""
    for wait in waits(patience):
        try:
            return work()
        except Transient as trouble:
            if wait is None:
                raise
            log.warning("findings.wait", reason=str(trouble), seconds=wait)
            stop.wait(wait)
        if stop.is_set():
            return None
    return None
