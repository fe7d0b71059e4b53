"""The ground of measurements without a stack: a plain broker, a plain ledger, N datasets alike."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient, NewTopic

from consumers.ledger.watermark import Chain
from consumers.ledger.watermark import Sample as EndSample
from infra.kafka_glance import Glance, GroupGlance
from infra.kafka_reader import ALONE, Reader
from infra.lag.history import History, history_file, write_history
from infra.lag.sample import Hop
from infra.lag.sample import Sample as LagSample
from infra.local.home import Home
from infra.redis_client import open_redis
from infra.settings import RedisAccess
from schemas import topics
from schemas.catalogue import Catalogue, read_catalogue
from schemas.contract import Dataset
from suoi.figures import PATIENCE_S, Books
from suoi.measuring.ground import GROUPS, Ground

SOURCE = "so_tu_phap"


def alike(count: int) -> Catalogue:
    """A catalogue of *count* datasets like tp_khai_sinh, each with a table of its own."""
    first = read_catalogue()["tp_khai_sinh"]
    made = (
        replace(first, id=f"ds_{number}", table=f"ho_tich.bang_{number}", partitions=1)
        for number in range(count)
    )
    return Catalogue({one.id: one for one in made})


class HeardBooks(Books):
    """Books whose source beats at this very moment: there is no connector here."""

    def heard(self, source: str) -> datetime | None:
        """Now."""
        return datetime.now(UTC) if source == SOURCE else None

    def complete_through(
        self, sample: EndSample | None = None, patience_s: float = PATIENCE_S
    ) -> dict[str, datetime]:
        """Prove it for every dataset, from ends, commits and ledger as they are."""
        heard: dict[str, tuple[Dataset, datetime]] = {
            name: (dataset, datetime.now(UTC)) for name, dataset in self.catalogue.items()
        }
        chain = Chain(self.reader, self.streams, self.province, sample)
        return chain.complete_through(heard, patience_s)


def write_looks(home: Home, catalogue: Catalogue, *looks: tuple[float, int, int]) -> None:
    """Leave the looks of a sentinel in *home*: for all hops alike, (epoch s, taken, end) each."""
    history = History()
    for at, taken, end in looks:
        age = float(len(looks)) if end > taken else 0.0
        sample = LagSample(at=at, seconds=age, taken=taken, end=end, alive=True)
        beat = LagSample(at=at, seconds=1.0)
        found = {hop: beat if hop is Hop.COMMIT_TO_RAW else sample for hop in Hop}
        history.add(dict.fromkeys(catalogue, found), {}, at)
    home.run.mkdir(parents=True, exist_ok=True)
    write_history(history_file(home.run), history)


def make_topics(bootstrap: str, catalogue: Catalogue) -> None:
    """Make every topic of *catalogue* with one partition each."""
    wanted = [NewTopic(one.name, 1, 1) for one in topics.all_topics(catalogue.values())]
    admin = AdminClient({"bootstrap.servers": bootstrap})  # gone, it takes its answers with it
    for future in admin.create_topics(wanted).values():
        future.result(60)


def reader(bootstrap: str, group: str) -> Consumer:
    """A reader of the plain broker."""
    return Reader(_config(bootstrap, group))


def _config(bootstrap: str, group: str) -> dict[str, object]:
    return {"bootstrap.servers": bootstrap, "group.id": group, "fetch.wait.max.ms": 20} | ALONE


@contextlib.contextmanager
def measured_ground(
    directory: Path, bootstrap: str, dsn: str, redis: RedisAccess, catalogue: Catalogue
) -> Iterator[Ground]:
    """Open the ground over a broker, a ledger and a Redis that run."""
    plain = {name: reader(bootstrap, name) for name in ("reader", "streams", "portal")}
    with psycopg.connect(dsn) as province, contextlib.ExitStack() as opened:
        books = HeardBooks(
            home=Home(directory / "home"),
            catalogue=catalogue,
            **plain,
            province=province,
            redis=open_redis(redis, "test"),
        )
        glance = Glance(_config(bootstrap, "reader"))
        groups = {name: GroupGlance(_config(bootstrap, name)) for name in GROUPS}
        for one in (*plain.values(), glance, *groups.values()):
            opened.callback(one.close)
        yield Ground(books=books, glance=glance, groups=groups)
