"""Ours and the rival from the same commits: records a second (P5), and how late a row is (P6)."""

import shutil
import time
from argparse import Namespace
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from pathlib import Path
from random import Random

import psycopg
from confluent_kafka.admin import AdminClient
from psycopg import sql

from bench import capture, jdbc, ours
from bench.clones import ORIGINAL
from bench.figures import Figures
from bench.laps import Lap, lap
from bench.latency import Watcher, Writer, quantiles
from bench.machine import quiet
from bench.place import Place
from bench.records import NOW, REGISTERS
from infra.kafka_admin import ensure_topics
from schemas import topics
from schemas.catalogue import CONTRACTS
from schemas.contract import Dataset
from schemas.records import Row
from suoi.demo.desk import Desk
from suoi.demo.registers import write_row

RIVALS = ("r1", "r3")
_TEMPLATES = 2000
_WARM_S = 10.0
_GONE_S, _COUNT_S, _CAUGHT_UP_S = 60.0, 0.01, 300.0


def contract(directory: Path) -> None:
    """Write the contract that is raced: the product's own."""
    (path,) = CONTRACTS.rglob(f"{ORIGINAL}.odcs.yaml")
    shutil.copy(path, directory)


def rows(count: int) -> list[Row]:
    """Return *count* good entries of the register, as a clerk's program inserts them."""
    register = next(one for one in REGISTERS if one.dataset == ORIGINAL)
    desk = Desk(rng=Random(ORIGINAL), now=NOW)  # noqa: S311  chance with a seed
    return [write_row(register, desk) for _ in range(count)]


class Course:
    """One table captured twice; capture runs only where a part says so."""

    def __init__(self, place: Place) -> None:
        """Make the rival's topics and table, and both connectors."""
        self.place = place
        self.dataset, self.their_topic = capture.raw_topics(place)
        self.theirs = capture.make_table(place)
        self.mine = sql.Identifier("clean", self.dataset.id)
        self.captures = capture.connectors(place, self.dataset)
        self.last = 0
        self._turn = 0

    def fill(self, records: int) -> None:
        """Let Debezium fill both topics once, then stop capture."""
        self.capture()
        capture.insert(self.place, rows(_TEMPLATES), records)
        wanted = dict.fromkeys((topics.raw(self.dataset), self.their_topic), records)
        capture.await_records(self.place.admin(), wanted)
        for one in self.captures:
            one.stop()
        with self.place.department() as department:
            query = sql.SQL("select max(id) from {}").format(capture.TABLE)
            (self.last,) = department.execute(query).fetchone() or (0,)

    def capture(self) -> None:
        """Let both captures run."""
        for one in self.captures:
            one.start()
        capture.await_slots(self.place)

    def caught_up(self) -> bool:
        """Say whether every captured record is a row on both sides."""
        admin, query = self.place.admin(), sql.SQL("select count(*) from {}")
        sides = ((self.mine, topics.raw(self.dataset)), (self.theirs, self.their_topic))
        with self.place.province() as province:
            return all(
                province.execute(query.format(table)).fetchone() == (capture.length(admin, topic),)
                for table, topic in sides
            )

    def ours(self, records: int) -> Lap:
        """Raw -> verdict -> clean -> province, by one stream worker and one sink."""
        empty_chain(self.place, self.dataset)
        ours.forget(self.place, self.mine)
        contracts = {"SUOI_CONTRACTS": str(ours.only(self.place, self.dataset.id))}
        with (
            self.place.province() as eye,
            ours.working(self.place, ("streams", "province"), contracts) as processes,
        ):
            gauge = Counted(eye, (self.mine, "_key"), f"[{self.last}]", records)
            pids = [one.pid for one in processes]
            return lap(
                self.place, gauge, records, pids, lambda: ours.refuse_ended(self.place, processes)
            )

    def rival(self, name: str, records: int) -> Lap:
        """Debezium's envelopes -> the JDBC sink."""
        ours.forget(self.place, self.theirs)
        with self.place.province() as eye, self.running(name) as connector:
            gauge = Counted(eye, (self.theirs, "id"), self.last, records)
            worker = [self.place.pid("connect")]
            return lap(self.place, gauge, records, worker, connector.check)

    def running(self, name: str) -> AbstractContextManager[jdbc.Connector]:
        """Run rival *name* on its topic from its beginning."""
        self._turn += 1
        words = jdbc.words(self.place, self.their_topic, "hanh_nghe")
        config = jdbc.settings(name, "debezium", words)
        return jdbc.running(self.place, f"chain-{name}-{self._turn}", config)


@cache
def course_of(place: Place) -> Course:
    """Return the one course of *place*."""
    return Course(place)


class Counted:
    """Looks for a first row, then for the last one, then at how many: one a record."""

    def __init__(
        self,
        connection: psycopg.Connection,
        table: tuple[sql.Identifier, str],
        last: object,
        records: int,
    ) -> None:
        """Watch *table* (and its key column) until *records* are there, the *last* key too."""
        self._connection, self._last, self._records = connection, last, records
        words = {"table": table[0], "key": sql.Identifier(table[1])}
        self._any = sql.SQL("select count(*) from (select from {table} limit 1) as one").format(
            **words
        )
        self._all = sql.SQL("select count(*) from {table}").format(**words)
        self._has_last = sql.SQL("select count(*) from {table} where {key} = %s").format(**words)

    def begun(self) -> float:
        """See Gauge."""
        return self._ask(self._any) and self._ask(self._all)

    def ended(self) -> bool:
        """See Gauge."""
        if not self._ask(self._has_last, self._last):
            return False
        time.sleep(_COUNT_S)  # to count is dear
        return self._ask(self._all) == self._records

    def _ask(self, query: sql.Composed, *values: object) -> int:
        (found,) = self._connection.execute(query, values).fetchone() or (0,)
        return int(found)


def empty_chain(place: Place, *datasets: Dataset) -> None:
    """Make what streams writes anew: the topics of *datasets* but raw, and the books."""
    names = {topics.BOOKS}
    for one in datasets:
        names |= {made.name for made in topics.dataset_topics(one)} - {topics.raw(one)}
    admin = place.admin()
    for future in admin.delete_topics(sorted(names)).values():
        future.result(_GONE_S)
    wanted = [one for one in topics.all_topics(datasets) if one.name in names]
    _remake(admin, wanted)


def _remake(admin: AdminClient, wanted: list[topics.Topic]) -> None:
    names = {one.name for one in wanted}
    ours.until(lambda: not names & set(admin.list_topics(timeout=10).topics), _GONE_S)
    ensure_topics(admin, wanted)
    ours.until(lambda: names <= set(admin.list_topics(timeout=10).topics), _GONE_S)


def throughput(place: Place, figures: Figures, given: Namespace) -> None:
    """P5: both from topics that Debezium filled before."""
    course = course_of(place)
    quiet(f"capturing {given.records:,} rows twice")
    course.fill(given.records)
    for name in RIVALS * given.warm:
        quiet(f"warming {name}: {course.rival(name, given.records).rate:,.0f}/s")
    works = {"chain": partial(course.ours, given.records)}
    works |= {name: partial(course.rival, name, given.records) for name in RIVALS}
    rounds = []
    for number in range(given.rounds):
        names = list(works)
        turn = number % len(names)
        order = names[turn:] + names[:turn]
        rounds.append({name: figures.note(f"chain {name}", works[name]()) for name in order})
    for name, word in (("r1", "P5"), ("r3", "P5 R3")):
        figures.ratio(
            word,
            [one["chain"].rate / one[name].rate for one in rounds],
            f"raw -> verdict -> clean -> province / JDBC sink {name} from Debezium, records/s",
        )


def delay(place: Place, figures: Figures, given: Namespace) -> None:
    """P6: both chains carry the same live commits; R1, whose batches are the smallest."""
    course = course_of(place)
    contracts = {"SUOI_CONTRACTS": str(ours.only(place, course.dataset.id))}
    empty_chain(place, course.dataset)
    ours.forget(place, course.mine, course.theirs)
    found = []
    with ExitStack() as stack:
        stack.enter_context(ours.working(place, ("streams", "province"), contracts))
        stack.enter_context(course.running("r1"))
        course.capture()
        ours.until(course.caught_up, _CAUGHT_UP_S)
        _round(course, given.rate, _WARM_S)
        for _ in range(given.rounds):
            found.append(_round(course, given.rate, given.seconds))
            quiet(f"ours {found[-1]['ours']}  rival {found[-1]['rival']}")
    for name in ("p50", "p99"):
        mine, theirs = ([one[side][name] for one in found] for side in ("ours", "rival"))
        quotients = [one / other for one, other in zip(mine, theirs, strict=True)]
        figures.ratio(f"P6 {name}", quotients, f"{name}, commit -> visible: ours / JDBC chain")
        figures.ratio(f"P6 {name} ms", mine, f"{name} of ours, ms")
        figures.ratio(f"P6 {name} ms rival", theirs, f"{name} of the JDBC chain, ms")


def _round(course: Course, rate: float, seconds: float) -> dict[str, dict[str, float]]:
    """Commit for *seconds*; every row must come out of both chains."""
    with ExitStack() as stack:
        department = stack.enter_context(course.place.department())
        eyes = [stack.enter_context(course.place.province()) for _ in range(2)]
        writer = Writer(department, capture.TABLE, rows(int(rate * seconds)), rate)
        watchers = {
            "ours": Watcher(eyes[0], (course.mine, "_key"), lambda one: f"[{one}]", writer),
            "rival": Watcher(eyes[1], (course.theirs, "id"), lambda one: one, writer),
        }
        for thread in (writer, *watchers.values()):
            thread.start()
        for thread in (writer, *watchers.values()):
            thread.join()
        for name, one in watchers.items():
            missing = len(writer.out) - len(one.seen)
            assert not missing, f"{missing} rows never came out of {name}"
        return {name: quantiles(list(one.seen.values())) for name, one in watchers.items()}
