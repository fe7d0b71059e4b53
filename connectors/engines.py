"""The database engines we capture: one line each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors import mariadb, postgres
from connectors.capture import Config
from connectors.guards import Refusal, losing_settings, unique
from connectors.guards.pressure import Pressure
from connectors.place import Place
from connectors.sources import MARIADB, POSTGRES, Source
from infra.source_database import Rows, SourceDatabase
from schemas import topics
from schemas.contract import Dataset
from schemas.vitals import Vitals

Wanted = Callable[[Source, Sequence[Dataset], Place], Config]
Script = Callable[[Source, Sequence[Dataset], str | None], str]
Ask = Callable[[SourceDatabase, str, dict[str, Any] | None], Rows]
Offset = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """What differs from one engine to the next."""

    position_key: str
    """Key of a stored offset without which it holds no position."""
    offset_leads: bool
    """PostgreSQL's slot follows the stored offset; in MariaDB the offset follows the log."""
    wanted: Wanted
    script: Script
    ask: Ask
    """Put a named question of infra/sql/source_<engine>.sql; the names are alike everywhere."""
    read_facts: Callable[[SourceDatabase, Source, Sequence[str]], Any]
    refusals: Callable[[Any, Source, Sequence[Dataset], Offset | None], Iterator[Refusal]]
    read_vitals: Callable[[SourceDatabase], Vitals]
    gaps: Callable[[SourceDatabase, Source, Callable[[], Offset | None]], Iterator[Refusal]]
    """Why the log cannot be followed from the stored offset, asked every few seconds."""
    read_pressure: Callable[
        [SourceDatabase, Source, Sequence[Dataset], Callable[[], Offset | None]], Pressure
    ]
    """What the guards of a running source judge, asked in each of their rounds."""
    gate: Callable[[Vitals], str]
    """SQL that a connector's connection runs first, and that fails on a restored server."""
    forget: Callable[[SourceDatabase, Source], None]
    """Give up our place at the server, where it keeps one."""

    def judge(
        self,
        database: SourceDatabase,
        source: Source,
        datasets: Sequence[Dataset],
        read_offset: Callable[[], Offset | None],
    ) -> tuple[Refusal, ...]:
        """Read the facts of *source*; name every reason not to start (invariant 10).

        What follows is read before what leads, or a connector that moves meanwhile would look like
        a gap in the log.
        """
        before = None if self.offset_leads else read_offset()
        facts = self.read_facts(
            database, source, [topics.qualified(dataset) for dataset in datasets]
        )
        offset = read_offset() if self.offset_leads else before
        return unique(self.refusals(facts, source, datasets, offset))


ENGINES: Mapping[str, Engine] = {
    POSTGRES: Engine(
        position_key="lsn",
        offset_leads=True,
        wanted=postgres.wanted,
        script=postgres.script,
        ask=postgres.ask,
        read_facts=postgres.read_facts,
        refusals=postgres.refusals,
        read_vitals=postgres.read_vitals,
        gaps=postgres.gaps,
        read_pressure=postgres.read_pressure,
        gate=postgres.gate,
        forget=postgres.forget,
    ),
    MARIADB: Engine(
        position_key="file",
        offset_leads=False,
        wanted=mariadb.wanted,
        script=mariadb.script,
        ask=mariadb.ask,
        read_facts=mariadb.read_facts,
        refusals=mariadb.refusals,
        read_vitals=mariadb.read_vitals,
        gaps=mariadb.gaps,
        read_pressure=mariadb.read_pressure,
        gate=mariadb.gate,
        forget=mariadb.forget,
    ),
}


def engine_of(source: Source) -> Engine:
    """The engine of *source*."""
    return ENGINES[source.engine]


def wanted_config(source: Source, datasets: Sequence[Dataset], place: Place) -> Config:
    """Compute what Connect should run for *source*; *datasets* are those of this source."""
    return engine_of(source).wanted(source, datasets, place)


def settings_refused(config: Config) -> tuple[Refusal, ...]:
    """Name every setting of *config* that loses data."""
    return unique(losing_settings(config))
