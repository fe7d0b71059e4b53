"""The figures of every dataset, read from Kafka, the ledger and the cache: status, lag and checks.

What is read here is read as the role `reader`, which may change nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from confluent_kafka import Consumer

from consumers.cache.keys import cache_keys
from consumers.ledger.conservation import OUTCOMES, Finding, Sample, judge
from consumers.ledger.sampling import Sampler
from consumers.ledger.watermark import Chain
from consumers.ledger.watermark import Sample as EndSample
from infra import kafka_reader
from infra.errors import Fatal, Transient
from infra.local.access import connect_client, environment, postgres_conninfo
from infra.local.home import Home
from infra.memory import MemoryReader
from infra.postgres import Connection, connect
from infra.redis_client import ASKED_S, Redis, asking, open_redis
from infra.settings import read_settings
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from suoi.hearing import heard
from suoi.law import read_captured
from suoi.loading import told_loads

PATIENCE_S = 5.0
"""How long a question waits for the chain to follow before "complete through" is unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """Open connections to everything the books are computed from."""

    home: Home
    catalogue: Catalogue
    reader: Consumer
    streams: Consumer
    """Looks up what the group `streams` has committed."""
    portal: Consumer
    province: Connection
    redis: Redis

    def samples(self) -> list[Sample]:
        """Sample every raw partition; see consumers.ledger.sampling."""
        sampler = Sampler(self.catalogue, self.reader, self.streams)
        return sampler.take(self.province, self.home.root / "data" / "books" / "checkpoint.json")

    def complete_through(
        self, sample: EndSample | None = None, patience_s: float = PATIENCE_S
    ) -> dict[str, datetime]:
        """Prove the watermark of each dataset; one that cannot be proved now is absent.

        *sample* tells ends of topics more cheaply than one question for each partition.
        """
        heard = {
            dataset.id: (dataset, beat)
            for source in self.catalogue.sources
            if (beat := self.heard(source)) is not None
            for dataset in self._loaded(source, beat)
        }
        chain = Chain(self.reader, self.streams, self.province, sample)
        return chain.complete_through(heard, patience_s)

    def heard(self, source: str) -> datetime | None:
        """Newest heartbeat of *source* that its connector has committed past; None = unknown."""
        with closing(connect_client(self.home, patience_s=2.0)) as client:
            return heard(self.reader, client, source)

    def open_rows(self) -> dict[str, int | None]:
        """How many rows of each open dataset the portal serves; None where no cache is whole.

        A Redis that is silent is waited for once, not once for each dataset.
        """
        public = [dataset for dataset in self.catalogue.values() if dataset.open_columns]
        try:
            return {dataset.id: self._served(dataset) for dataset in public}
        except Transient:
            return dict.fromkeys((dataset.id for dataset in public), None)

    def _served(self, dataset: Dataset) -> int | None:
        with asking():
            current = cast("bytes | None", self.redis.get(cache_keys(dataset, "").current))
            if current is None:
                return None
            return int(self.redis.hlen(cache_keys(dataset, current.decode()).rows))

    def _loaded(self, source: str, beat: datetime) -> Iterator[Dataset]:
        """Datasets of *source* whose table had been loaded whole when *beat* was written.

        The notice of a finished load may overtake the load's last rows; a later beat does not.
        """
        mine = self.catalogue.of_source(source)
        found = told_loads(self.reader, source, mine)
        unseen = self._unpublished(source)
        for dataset in mine:
            load = found[dataset.id]
            whole = load.completed_ms is not None and load.completed_ms <= beat.timestamp() * 1000
            if whole and dataset.id not in unseen:
                yield dataset

    def _unpublished(self, source: str) -> set[str]:
        """Datasets of *source* whose changes do not come, though its heart beats (FACTS 4.6)."""
        found = MemoryReader(self.reader).read().alarms.get(source)
        alarms = found.alarms if found else ()
        return {one.dataset for one in alarms if one.code == "publication.table"}  # Invariant 9


@contextmanager
def open_books(home: Path) -> Iterator[Books]:
    """Open the books of the stack at *home*.

    Raises:
        Fatal: there is no stack at *home*.
        Transient: Kafka or the provincial database does not answer.
    """
    place = Home(home)
    place.refuse_absent()
    settings = read_settings(environment(place, "reader"))
    if settings.kafka is None or settings.redis is None:
        message = f"the stack in {home} was not made whole; start it again with `suoi up`."
        raise Fatal(message)
    reader = kafka_reader.open_reader(settings.kafka)
    streams = kafka_reader.open_reader(settings.kafka, group="streams")
    portal = kafka_reader.open_reader(settings.kafka, group="portal")
    province = connect("suoi books", postgres_conninfo(place, "province_reader"))
    try:
        yield Books(
            home=place,
            catalogue=read_captured(),
            reader=reader,
            streams=streams,
            portal=portal,
            province=province,
            redis=open_redis(settings.redis, "suoi-books", ASKED_S),
        )
    finally:
        for opened in (reader, streams, portal, province):
            opened.close()


def datasets(home: Path) -> dict[str, dict[str, Any]]:
    """Figures of every dataset: the part `datasets` of `suoi status --json` (DESIGN.md 9).

    Raises:
        Fatal: there is no stack at *home*.
        Transient: Kafka or the provincial database does not answer.
    """
    with open_books(home) as books:
        counted = counts(books)
        through = books.complete_through()
        return {name: held | _freshness(through.get(name)) for name, held in counted.items()}


def counts(books: Books) -> dict[str, dict[str, Any]]:
    """Figures of every dataset without the watermark: quick enough to ask for twice a second."""
    findings = [judge(sample) for sample in books.samples()]
    served = books.open_rows()
    return {
        name: _counts(_of(findings, name)) | {"open": served.get(name)} for name in books.catalogue
    }


def _of(findings: Iterable[Finding], dataset: str) -> list[Finding]:
    return [finding for finding in findings if finding.sample.dataset == dataset]


def _counts(findings: list[Finding]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for finding in findings:
        total.update({"captured": finding.sample.end})
        total.update(finding.verdicts)
        total.update({outcome: finding.ended(outcome) for outcome in OUTCOMES})
    names = ("captured", "clean", "reject", "filtered", *OUTCOMES)
    return {name: total[name] for name in names}


def _freshness(through: datetime | None) -> dict[str, Any]:
    """Unknown is an answer; 0 for a chain that stands still would be a lie (invariant 9)."""
    if through is None:
        return {"lag_seconds": None, "complete_through": None}
    lag = (datetime.now(UTC) - through).total_seconds()
    return {"lag_seconds": round(lag, 3), "complete_through": through.isoformat()}
