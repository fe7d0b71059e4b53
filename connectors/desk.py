"""One source and all we need to work on its capture; put together by `suoi`, passed by hand."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer

from connectors import loads
from connectors.capture import Config, captured
from connectors.engines import Engine, engine_of, settings_refused, wanted_config
from connectors.guards import RUN_SCRIPT, Refusal, unique
from connectors.loads import Load
from connectors.notifications import read_notifications
from connectors.place import Place
from connectors.sources import Source
from connectors.vitals import falls_behind
from infra.connect import Connect
from infra.errors import Fatal
from infra.source_database import Rows, SourceDatabase
from schemas.contract import Dataset
from schemas.vitals import NO_MARK, Seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A source, its datasets and place, and open clients of it (as its CDC role) and ours."""

    source: Source
    datasets: tuple[Dataset, ...]
    place: Place
    database: SourceDatabase
    connect: Connect
    reader: Consumer
    patience_s: float = 60.0
    seen: Seen | None = None
    """What the watch saw of the source last, in the generation in force."""
    resetting: bool = False
    """A regeneration was cut short: nothing may start before it is finished."""

    @property
    def engine(self) -> Engine:
        """How this source's engine does it."""
        return engine_of(self.source)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables captured here, as Debezium names them."""
        return captured(self.datasets)

    @property
    def wanted(self) -> Config:
        """What Connect should run."""
        return wanted_config(self.source, self.datasets, self.place)

    def offset(self) -> Mapping[str, Any] | None:
        """What Connect has committed; None before it holds a position."""
        offset = self.connect.offset(self.source.id)
        return offset if offset and self.engine.position_key in offset else None

    def refusals(self) -> tuple[Refusal, ...]:
        """Every reason not to start this connector (invariant 10)."""
        seen = self.engine.judge(self.database, self.source, self.datasets, self.offset)
        return unique((*self._standing(), *settings_refused(self.wanted), *seen))

    def _standing(self) -> Iterator[Refusal]:
        """Refuse a source that does not continue what the watch has seen of it."""
        if self.resetting:
            said = "it is being regenerated, and that was cut short"
            yield Refusal("regenerate", f"{said}; run `suoi source regenerate {self.source.id}`.")
        elif self.seen is not None and self.seen.broken:
            yield Refusal(self.seen.guard, self.seen.broken)
        else:
            yield from self._looked()

    def _looked(self) -> Iterator[Refusal]:
        """Refuse a source that the watch cannot look at: nobody would see it restored."""
        try:
            now = self.engine.read_vitals(self.database)
        except Fatal:
            yield Refusal("mark", f"its table cdc.mark cannot be read; {RUN_SCRIPT}")
            return
        if now.mark == NO_MARK:
            yield Refusal("mark", f"its table cdc.mark is empty; {RUN_SCRIPT}")
        if self.seen is not None:
            yield from falls_behind(self.seen.vitals, now)

    def loads(self) -> dict[str, Load]:
        """How far the load of each table is."""
        told = read_notifications(self.reader, self.source.id)
        offset, now_s = self.offset(), time.time()
        found = loads.loads(self.tables, told, offset, self.source.generation)
        found = loads.with_lost(found, told, offset, now_s)
        signals = [(str(name), str(data)) for name, data in self._answers("signals")]
        found = loads.with_signals(found, signals, now_s)
        estimates = self._answers("estimates", {"tables": list(self.tables)})
        return loads.with_estimates(found, {table: int(rows) for table, rows in estimates})

    def log(self) -> dict[str, str]:
        """The source's side of the log, in names and values; empty where it has no slot yet."""
        values = {"slot": self.source.slot, "role": self.source.role}
        return {str(name): str(value) for name, value in self._answers("log", values)}

    def _answers(self, question: str, values: dict[str, Any] | None = None) -> Rows:
        return self.engine.ask(self.database, question, values)
