"""One run of `suoi topic fill`: drained first, then filled, then shown.

The order matters. What the version before still holds must be in the table before its rows are
copied, or a row would change behind its copy and never come to the new version; nobody may write
to the old one any more (`schemas.access.closed`), and its ends are compared again at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient

from consumers.cache.keys import cache_keys
from consumers.cache.turn import turn
from consumers.filling import Filling, Project, unread
from infra import kafka_reader
from infra.errors import Fatal, Transient
from infra.kafka import producer_config
from infra.kafka_admin import ensure_grants, readers_of
from infra.kafka_reader import Place
from infra.local.access import (
    SUPERUSER,
    environment,
    kafka_client,
    postgres_conninfo,
    registry_url,
)
from infra.local.home import Home
from infra.postgres import Connection, classified, connect
from infra.posting import Post
from infra.redis_client import Redis, asking, open_redis
from infra.registry import Registry
from infra.settings import read_settings
from infra.waiting import wait_for
from schemas import topics
from schemas.access import PRINCIPALS, Grant
from schemas.avro import open_schema
from schemas.contract import Dataset
from suoi.open_filling import OpenRows
from suoi.quarantine import OPERATOR

_KAFKA_S = 30.0
_LOOK_S = 0.2
Tell = Callable[[int, int], None]
"""Told after each page: rows copied, rows there were to copy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the operator asked for."""

    patience_s: float
    readers: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """All that one run needs, opened."""

    dataset: Dataset
    asked: Asked
    reader: Consumer
    admin: AdminClient
    province: Connection
    redis: Redis
    filling: Filling

    @staticmethod
    def whole(answer: Mapping[str, Any]) -> bool:
        """Whether *answer* says that the version in force is whole, and shown."""
        return not answer["lacking"] and not answer["unread"] and answer["shown"] is not False

    def look(self, copied: int = 0) -> dict[str, Any]:
        """Say how it stands: what the version in force lacks, what the ones before still hold.

        Raises:
            Fatal: the version in force is not there.
        """
        dataset = self.dataset
        name = topics.clean(dataset)
        places = kafka_reader.partitions(self.reader, name)
        if not places:
            message = f"there is no topic {name} yet; `suoi down`, then `suoi up` makes it."
            raise Fatal(message)
        return {
            "dataset": dataset.id,
            "topic": name,
            "partitions": len(places),
            "copied": copied,
            "lacking": self.filling.lacking(),
            "unread": sum(unread(self.province, self._former()).values()),
            "shown": self._shown(),
            "readers": self._left_out(),
        }

    def go_on(self, tell: Tell) -> dict[str, Any]:
        """Fill what is lacking; returns how it stands then.

        Raises:
            Transient: a part does not come along; the same command goes on.
            Fatal: another process fills it, or there is nothing to fill.
        """
        before = self.look()
        self.filling.begin()
        if self.asked.readers:
            self._let_in(before["readers"])
        copied, ends = 0, None
        while ends != self._former():  # what a late writer added is taken and copied too
            ends = self._drained()
            for count in self.filling.fill():
                copied += count
                tell(copied, max(before["lacking"], copied))
        self._show()
        return self.look(copied)

    def _former(self) -> dict[Place, int]:
        return kafka_reader.ends(self.reader, topics.former(self.dataset, topics.clean))

    def _drained(self) -> dict[Place, int]:
        """Wait until the sink has all of the versions before; their ends then.

        And until quarantine has what was refused under them: it says which rows are closed.
        """
        ends = self._former()
        due = ends | kafka_reader.ends(self.reader, [topics.reject(self.dataset)])

        def drained() -> bool:
            return not unread(self.province, due)

        wait(drained, self.asked.patience_s, "the sinks have not taken all of the version before")
        return ends

    def _show(self) -> None:
        """Turn the portal to the version in force once its cache holds what was written to it."""
        if self._shown() is not False:
            return
        ends = kafka_reader.ends(self.reader, [topics.open_(self.dataset)])

        def shown() -> bool:
            return turn(self.redis, self.dataset, ends)

        wait(
            shown, self.asked.patience_s, "the portal's cache does not hold all of the new version"
        )

    def _shown(self) -> bool | None:
        """Whether the portal shows the version in force; None where it shows none of this."""
        if not self.dataset.open_columns:
            return None
        with asking():
            current: Any = self.redis.get(cache_keys(self.dataset, "").current)
        return None if current is None else bool(current.decode() == str(self.dataset.major))

    def _left_out(self) -> list[str]:
        """Name who may read a version before, is none of ours, and may not read this one."""
        found: set[str] = set()
        for old, new in self._pairs():
            found |= readers_of(self.admin, old) - readers_of(self.admin, new)
        return sorted(found - set(PRINCIPALS))

    def _let_in(self, names: Iterable[str]) -> None:
        wanted = [
            Grant(name, "topic", new, operation)
            for name in names
            for old, new in self._pairs()
            if name in readers_of(self.admin, old)
            for operation in ("READ", "DESCRIBE")
        ]
        ensure_grants(self.admin, wanted)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        kinds = (topics.clean, topics.open_) if self.dataset.open_columns else (topics.clean,)
        for topic in kinds:
            for old in topics.former(self.dataset, topic):
                yield old, topic(self.dataset)


def wait(ready: Callable[[], bool], patience_s: float, otherwise: str) -> None:
    """Wait until *ready*.

    Raises:
        Transient: it is not within *patience_s* seconds.
    """
    if not wait_for(ready, patience_s, _LOOK_S):
        message = (
            f"{otherwise} within {patience_s:g} s. `suoi lag` shows where it waits; the same "
            "command goes on."
        )
        raise Transient(message)


@contextmanager
def opened(home: Home, dataset: Dataset, asked: Asked) -> Iterator[Work]:
    """Open what filling *dataset* needs in the stack at *home*.

    Raises:
        Transient: a part does not answer, or goes away meanwhile.
        Fatal: the stack is not whole.
    """
    quiet: dict[str, Any] = {"log_level": 2}
    registry = Registry(registry_url(home))
    province = connect("suoi topic fill", postgres_conninfo(home, SUPERUSER))
    province.autocommit = True
    posts = Post(kafka_client(home, OPERATOR) | producer_config() | quiet, _KAFKA_S)
    reader, redis = reader_of(home), _redis(home)
    try:
        yield Work(
            dataset=dataset,
            asked=asked,
            reader=reader,
            admin=AdminClient(kafka_client(home, "admin") | quiet),
            province=province,
            redis=redis,
            filling=Filling(dataset, province, registry, posts, _project(home, dataset, registry)),
        )
    except psycopg.Error as error:
        raise classified(error) from error
    finally:
        province.close()
        reader.close()
        redis.close()
        registry.close()


def reader_of(home: Home) -> Consumer:
    """Open a reader of topics that joins no group."""
    own = kafka_reader.ALONE | {"fetch.wait.max.ms": 20, "group.id": "reader"}
    return kafka_reader.Reader(kafka_client(home, "reader") | own)


def _redis(home: Home) -> Redis:
    access = read_settings(environment(home, "portal_cache")).redis
    if access is None:
        message = f"the stack in {home.root} was not made whole; start it again with `suoi up`."
        raise Fatal(message)
    return open_redis(access, "suoi-topic-fill")


def _project(home: Home, dataset: Dataset, registry: Registry) -> Project | None:
    if not dataset.open_columns:
        return None
    name = topics.open_(dataset)
    number = registry.known_id(f"{name}-value", open_schema(dataset))
    secret = home.secret_file("open_key").read_bytes().strip()
    return OpenRows(dataset, {name: number}, secret).letter
