"""Our sink against itself in another shape: P8 (a large table), P9 (two sinks), P11 (a replay)."""

from argparse import Namespace
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import psycopg
from psycopg import sql

from bench import ours, room
from bench.clones import write_clone
from bench.figures import Figures
from bench.laps import Lap, Places, lap
from bench.machine import quiet
from bench.place import Place
from bench.sink_race import filled
from bench.sink_race import ours as carry
from schemas import topics
from schemas.contract import Dataset

PAIR, LARGE, SMALL, AGAIN = "bench_2p", "bench_large", "bench_small", "bench_again"
_SMALL_ROWS = 100_000
_SHARE = 0.35
"""Of a processor: two sinks so, their backends and the broker fit on two."""
_OLD = 5_000_000_000
"""Positions below are of rows that lay there before (bench.fill begins above)."""
_FILL = """
insert into {table} ({columns}, _key, _position)
select {columns}, '[' || 500000000 + n || ']', n
from (select *, row_number() over () as place from {model} limit 1000) as model
join generate_series(%(first)s::bigint, %(last)s::bigint) as n on model.place = n %% 1000 + 1
"""


def clones(directory: Path) -> None:
    """Write the contracts of these shapes."""
    for name, partitions in ((PAIR, 2), (LARGE, 1), (SMALL, 1), (AGAIN, 1)):
        write_clone(directory, name, partitions)


def large(place: Place, figures: Figures, given: Namespace) -> None:
    """P8: the same topic into a large table and into a small one; its keys are the newest."""
    rows = {LARGE: given.large, SMALL: _SMALL_ROWS}
    datasets = {name: filled(place, name, given.records) for name in rows}
    model(place, datasets[SMALL], given.records)
    for name, count in rows.items():
        quiet(f"laying {count:,} rows into {name}")
        lay(place, name, 1, count)
    found: dict[str, list[Lap]] = {name: [] for name in rows}
    for number in range(given.rounds + 1):
        for name in (LARGE, SMALL) if number % 2 else (SMALL, LARGE):
            one = onto(place, datasets[name], given.records)
            if number:  # the first is not counted
                found[name].append(figures.note(name, one))
    figures.ratio(
        "P8",
        [one.rate / other.rate for one, other in zip(found[LARGE], found[SMALL], strict=True)],
        f"ours into {given.large:,} rows / into {_SMALL_ROWS:,}, newest keys, records/s",
    )


def model(place: Place, dataset: Dataset, records: int) -> None:
    """Have rows to copy from: those of one lap."""
    table = sql.Identifier("clean", dataset.id)
    ours.forget(place, table)
    carry(place, dataset, records)
    with place.province() as province:
        query = "create table bench.model as select * from {} limit 1000"
        province.execute("create schema if not exists bench")
        province.execute(sql.SQL(query).format(table))
    ours.forget(place, table)


def lay(place: Place, name: str, first: int, last: int) -> None:
    """Lay rows number *first* to *last* into the table of *name*, as if written long ago."""
    table = sql.Identifier("clean", name)
    with place.province() as province:
        columns = [
            str(row[0])
            for row in province.execute(
                "select attname from pg_attribute where attrelid = 'bench.model'::regclass"
                " and attnum > 0 and attname not in ('_key', '_position')"
            )
        ]
        query = sql.SQL(_FILL).format(
            table=table,
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            model=sql.Identifier("bench", "model"),
        )
        province.execute(query, {"first": first, "last": last})
        province.execute(sql.SQL("vacuum analyze {}").format(table))


def onto(place: Place, dataset: Dataset, records: int) -> Lap:
    """Carry the whole topic on top of what lies in the table, then take it away again."""
    table = sql.Identifier("clean", dataset.id)
    ours.forget(place)
    found = carry(place, dataset, records, by_places=True)
    with place.province() as province:
        query = sql.SQL("delete from {} where _position > %s").format(table)
        province.execute(query, (_OLD,))
        province.execute(sql.SQL("vacuum {}").format(table))
    return found


def pair(place: Place, figures: Figures, given: Namespace) -> None:
    """P9: two sinks on two partitions against one on both; and with room for all of them."""
    dataset = filled(place, PAIR, given.records)
    what = "two sinks / one, two partitions, records/s"
    figures.ratio("P9", _paired(place, figures, given, dataset, None), what)
    if room.is_possible():
        rates = _paired(place, figures, given, dataset, _SHARE)
        figures.ratio("P9 room", rates, f"{what}, each held to {_SHARE} of a processor")


def _paired(
    place: Place, figures: Figures, given: Namespace, dataset: Dataset, share: float | None
) -> list[float]:
    found: dict[int, list[Lap]] = {1: [], 2: []}
    for number in range(given.rounds):
        for sinks in (1, 2) if number % 2 else (2, 1):
            one = sharing(place, dataset, given.records, sinks, share)
            found[sinks].append(figures.note(f"{sinks} sink{' held' if share else ''}", one))
    return [two.rate / one.rate for one, two in zip(found[1], found[2], strict=True)]


def sharing(place: Place, dataset: Dataset, records: int, sinks: int, share: float | None) -> Lap:
    """Let *sinks* processes share the partitions; the clock starts when each holds its part.

    Each may be held to a *share* of one processor.
    """
    ours.forget(place, sql.Identifier("clean", dataset.id))
    contracts = {"SUOI_CONTRACTS": str(ours.only(place, dataset.id))}
    with (
        place.province() as eye,
        ours.working(place, ["province"] * sinks, contracts) as processes,
    ):
        gauge = Shared(eye, topics.clean(dataset), records, lambda: _is_shared(place, sinks))
        pids = [one.pid for one in processes]
        held = nullcontext() if share is None else room.limited(pids, share)
        with held:
            return lap(place, gauge, records, pids, lambda: ours.refuse_ended(place, processes))


class Shared(Places):
    """Begun once every sink holds a part."""

    def __init__(
        self, connection: psycopg.Connection, topic: str, records: int, shared: Callable[[], bool]
    ) -> None:
        """See Places; *shared* says whether each has its part."""
        super().__init__(connection, topic, records)
        self._shared, self._begun = shared, False

    def begun(self) -> float:
        """See Gauge."""
        self._begun = self._begun or self._shared()
        return super().begun() if self._begun else 0


def _is_shared(place: Place, sinks: int) -> bool:
    held = ours.members(place, "province")
    return len(held) == sinks and all(held)


def _rest(place: Place, dataset: Dataset) -> None:
    """Let rows be as if they had lain there for long.

    Whoever reads a fresh row first marks it as committed, and where pages have checksums the log
    gets each such page whole: that is the first reader's cost, not the replay's.
    """
    with place.province() as province:
        province.execute(sql.SQL("vacuum {}").format(sql.Identifier("clean", dataset.id)))


def replay(place: Place, figures: Figures, given: Namespace) -> None:
    """P11: the books forgotten, every record comes again and is stale; against the first pass."""
    dataset = filled(place, AGAIN, given.records)
    rates, wal = [], []
    for _ in range(given.rounds):
        ours.forget(place, sql.Identifier("clean", dataset.id))
        first = figures.note("first pass", carry(place, dataset, given.records, by_places=True))
        _rest(place, dataset)
        ours.forget(place)
        again = figures.note("replay", carry(place, dataset, given.records, by_places=True))
        rates.append(again.rate / first.rate)
        wal.append(again.wal_bytes / first.wal_bytes)
    figures.ratio("P11", rates, "everything replayed, all stale / first pass, records/s")
    figures.ratio("P11 WAL", wal, "the same, bytes of WAL")
