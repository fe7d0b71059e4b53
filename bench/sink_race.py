"""The race of the sinks: ours, the rival in three settings, and a plain COPY (P1 to P4, P10)."""

import time
from argparse import Namespace
from functools import partial
from pathlib import Path

from psycopg import sql

from bench import jdbc
from bench.clones import write_clone
from bench.equal import Content, columns_of, content
from bench.figures import Figures
from bench.fill import fill
from bench.laps import Lap, Places, Rows, lap
from bench.machine import quiet
from bench.ours import forget, only, refuse_ended, working
from bench.place import Place
from bench.processes import cpu_s
from infra.local.access import kafka_client, registry_url
from infra.registry import Registry
from schemas import topics
from schemas.catalogue import read_catalogue
from schemas.contract import Dataset

RACED = "bench_1p"
_BLOCK = 256 * 1024


def clones(directory: Path) -> None:
    """Write the contract that is raced: one partition."""
    write_clone(directory, RACED, 1)


def filled(place: Place, name: str, records: int) -> Dataset:
    """Fill the clean topic of dataset *name*; returns it."""
    dataset = read_catalogue(place.contracts)[name]
    registry = Registry(registry_url(place.home))
    number = registry.schema_id(f"{topics.clean(dataset)}-value")
    registry.close()
    quiet(f"filling {topics.clean(dataset)} with {records:,} records")
    fill(kafka_client(place.home, "admin"), dataset, records, number)
    return dataset


def ours(place: Place, dataset: Dataset, records: int, *, by_places: bool = False) -> Lap:
    """Let our sink carry the whole topic once; what lay in table and books stays."""
    with (
        place.province() as eye,
        working(place, ["province"], {"SUOI_CONTRACTS": str(only(place, dataset.id))}) as processes,
    ):
        table = sql.Identifier("clean", dataset.id)
        gauge = (
            Places(eye, topics.clean(dataset), records)
            if by_places
            else Rows(eye, table, records, dataset.partitions)
        )
        pids = [one.pid for one in processes]
        return lap(place, gauge, records, pids, lambda: refuse_ended(place, processes))


class Race:
    """One topic, and everyone who may carry it."""

    def __init__(self, place: Place, records: int) -> None:
        """Fill the topic and make the rival's table."""
        self.place, self.records = place, records
        self.dataset = filled(place, RACED, records)
        self._mine = sql.Identifier("clean", RACED)
        self._theirs = jdbc.identifier(jdbc.make_table(place, self.dataset))
        self._turn = 0
        self._rows: list[bytes] = []
        self._count = 0
        self._content: Content | None = None

    def ours(self) -> Lap:
        """Our sink, as `suoi up` runs it."""
        forget(self.place, self._mine)
        found = ours(self.place, self.dataset, self.records)
        self._compare(self._mine)
        if not self._rows:
            self._keep_rows()
        return found

    def rival(self, name: str) -> Lap:
        """The JDBC sink, in the Connect worker that has been running all along."""
        forget(self.place, self._theirs)
        self._turn += 1
        words = jdbc.words(self.place, topics.clean(self.dataset), RACED)
        config = jdbc.settings(name, "clean", words)
        with (
            self.place.province() as eye,
            jdbc.running(self.place, f"bench-{name}-{self._turn}", config) as connector,
        ):
            gauge = Rows(eye, self._theirs, self.records, 1)
            worker = [self.place.pid("connect")]
            found = lap(self.place, gauge, self.records, worker, connector.check)
        self._compare(self._theirs)
        return found

    def copy(self) -> Lap:
        """A plain COPY of the rows, encoded before, into our table with its key."""
        forget(self.place, self._mine)
        query = sql.SQL("copy {} from stdin (format binary)").format(self._mine)
        database = self.place.pid("province")
        with self.place.province() as one, one.cursor() as cursor:
            cpu, start = cpu_s(database), time.monotonic()
            with cursor.copy(query) as copy:
                for block in self._rows:
                    copy.write(block)
            seconds, cost = time.monotonic() - start, cpu_s(database) - cpu
        self._compare(self._mine)
        return Lap(self._count, seconds, cost, cost, 0, 0.0)

    def _keep_rows(self) -> None:
        query = sql.SQL("copy {} to stdout (format binary)").format(self._mine)
        block = bytearray()
        with self.place.province() as one, one.cursor() as cursor:
            with cursor.copy(query) as copy:
                for part in copy:
                    block += part
                    if len(block) >= _BLOCK:
                        self._rows.append(bytes(block))
                        block.clear()
            self._rows.append(bytes(block))
            self._count = cursor.rowcount

    def _compare(self, table: sql.Identifier) -> None:
        with self.place.province() as province:
            columns = columns_of(province, self._theirs)
            names = {name for name, _ in columns}
            mine = [one for one in columns_of(province, table) if one[0] in names]
            found = content(province, table, mine)
        self._content = self._content or found
        assert found == self._content, f"{table} differs: {found}, not {self._content}"


def race(place: Place, figures: Figures, given: Namespace) -> None:
    """Play the rounds; P10 is the memory of our sink with the whole topic waiting."""
    one = Race(place, given.records)
    one.ours()  # for the rows that COPY is given, and the content all are compared with
    for name in jdbc.RIVALS * given.warm:
        quiet(f"warming {name}: {one.rival(name).rate:,.0f}/s")
    works = {"ours": one.ours, "copy": one.copy}
    works |= {name: partial(one.rival, name) for name in jdbc.RIVALS}
    rounds = []
    for number in range(given.rounds):
        names = list(works)
        turn = number % len(names)
        rounds.append(
            {name: figures.note(name, works[name]()) for name in names[turn:] + names[:turn]}
        )
    _judge(figures, rounds)


def _judge(figures: Figures, rounds: list[dict[str, Lap]]) -> None:
    best = [max(laps[name].rate for name in jdbc.RIVALS) for laps in rounds]
    figures.ratio(
        "P1", [one["ours"].rate / one["r1"].rate for one in rounds], "ours / R1, records/s"
    )
    figures.ratio(
        "P2",
        [one["ours"].rate / rate for one, rate in zip(rounds, best, strict=True)],
        "ours / best of R1, R2, R3 of the round, records/s",
    )
    figures.ratio(
        "P3",
        [one["ours"].cpu_us / one["r1"].cpu_us for one in rounds],
        "CPU a record, sink and its database: ours / R1",
    )
    figures.ratio(
        "P4", [one["ours"].rate / one["copy"].rate for one in rounds], "ours / plain binary COPY"
    )
    figures.ratio("P10", [one["ours"].rss_mb for one in rounds], "MB of our sink, peak")
