"""Asks everything that the lag is told from; a part that is away leaves its own hops unknown."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from confluent_kafka import Consumer

from infra import kafka_reader
from infra.connect import Connect
from infra.control import read_standings
from infra.errors import Fatal, Trouble
from infra.kafka import client_config
from infra.kafka_glance import Glance, open_glance
from infra.kafka_reader import Place
from infra.lag.groups import Groups
from infra.lag.history import Hops
from infra.lag.sample import Sample
from infra.local.access import connect_client, environment, postgres_conninfo
from infra.local.home import Home
from infra.postgres import Database
from infra.queries import read_queries
from infra.redis_client import ASKED_S, Redis, asking, open_redis
from infra.settings import read_settings
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.control import Standing
from suoi.hearing import heard
from suoi.measure import GROUPS, Scene, Stretches, hops_of, waiting, workers_of

_CONNECT_S = 0.3
_QUIET = {"log_level": 2, "error_cb": lambda _: None}
"""Whoever asks is told what did not answer; the client need not print it."""

Answer = TypeVar("Answer")


class Look(NamedTuple):
    """One look at everything."""

    scene: Scene
    hops: Hops
    workers: dict[str, Sample]


@dataclass(frozen=True, kw_only=True, slots=True)
class Meter:
    """Open clients of every part, each as who may only look."""

    catalogue: Catalogue
    groups: Groups
    glance: Glance
    reader: Consumer
    streams: Consumer
    portal: Consumer
    province: Database
    redis: Redis
    connect: Connect
    silent: dict[str, str] = field(default_factory=dict)

    def look(self) -> Look:
        """Measure everything once; what did not answer is said in the scene."""
        self.silent.clear()
        scene = self._scene()
        stamps = self._ask("kafka", lambda: self._stamps(waiting(scene, self.catalogue))) or {}
        seen = replace(scene, silent=dict(self.silent))
        return Look(seen, hops_of(seen, self.catalogue, stamps), workers_of(seen, self.catalogue))

    def standings(self) -> dict[str, Standing]:
        """How each dataset stands; empty where Kafka does not answer."""
        return self._ask("kafka", lambda: read_standings(self.reader)) or {}

    def _scene(self) -> Scene:
        """The takers' places are asked before the ends: nothing is ever ahead of what there is."""
        at = time.time()
        if not self._asks("kafka", self.glance.look_for_topics):
            # Nobody is kept waiting for the rest of it
            return Scene(at=at)
        delivered = self._ask("province", self._delivered)
        shows = self._ask("redis", self._redis_answers)
        return Scene(
            at=at,
            delivered=delivered,
            judged=self._committed(self.streams, "raw."),
            shown=self._committed(self.portal, "open.") if shows else None,
            bounds=self._ask("kafka", self._bounds),
            alive=self._ask("kafka", lambda: self.groups.alive(GROUPS.values())) or {},
            heard=self._heard(),
            paused=frozenset(name for name, one in self.standings().items() if one.paused),
        )

    def _topics(self) -> list[str]:
        """Every topic that a hop is told from; former versions may be gone."""
        found = [topics.heartbeat(source) for source in self.catalogue.sources]
        for one in self.catalogue.values():
            found += [topics.raw(one), *topics.clean_versions(one), topics.reject(one)]
            found += [topics.open_(one)] if one.open_columns else []
        return found

    def _bounds(self) -> dict[str, Stretches]:
        self.glance.look_for_offsets()
        return self.glance.bounds_of(self._topics())

    def _committed(self, group: Consumer, begins: str) -> dict[Place, int] | None:
        names = [name for name in self._topics() if name.startswith(begins)]
        asked = [place for name in names for place in kafka_reader.partitions(self.glance, name)]
        return self._ask("kafka", lambda: kafka_reader.committed_offsets(group, asked))

    def _delivered(self) -> dict[str, dict[Place, int]]:
        found: dict[str, dict[Place, int]] = {}
        with self.province.transaction() as connection:
            for consumer, topic, number, following in connection.execute(_PLACES):
                found.setdefault(consumer, {})[Place(topic, number)] = following
        return found

    def _redis_answers(self) -> bool:
        with asking():
            return bool(self.redis.ping())

    def _heard(self) -> dict[str, datetime | None]:
        if self._ask("connect", self.connect.names) is None:
            return {}
        return {
            source: self._ask("kafka", lambda one=source: heard(self.reader, self.connect, one))  # type: ignore[misc]
            for source in self.catalogue.sources
        }

    def _stamps(self, waits: Stretches) -> dict[Place, float]:
        """When the first record that waits in each partition came, epoch seconds."""
        found: dict[Place, float] = {}
        for message in kafka_reader.read(self.reader, waits):
            place = Place(str(message.topic()), int(message.partition() or 0))
            found.setdefault(place, message.timestamp()[1] / 1000)
            if len(found) == len(waits):
                break
        return found

    def _asks(self, part: str, question: Callable[[], None]) -> bool:
        """Say whether *part* could be asked."""
        self._ask(part, question)
        return part not in self.silent

    def _ask(self, part: str, question: Callable[[], Answer]) -> Answer | None:
        try:
            return question()
        except Trouble as trouble:
            self.silent.setdefault(part, str(trouble))
            return None


_PLACES = read_queries("books")["places"]


@contextmanager
def open_meter(home: Home, catalogue: Catalogue) -> Iterator[Meter]:
    """Open a meter of the stack at *home*; a part that is away is met only when it is asked.

    Raises:
        Fatal: there is no whole stack at *home*.
    """
    home.refuse_absent()
    settings = read_settings(environment(home, "reader"))
    if settings.kafka is None or settings.redis is None:
        message = f"the stack in {home.root} was not made whole; start it again with `suoi up`."
        raise Fatal(message)
    with ExitStack() as opened:
        consumers: list[Consumer] = []
        for group in ("reader", "streams", "portal"):
            consumers.append(kafka_reader.open_reader(settings.kafka, group=group))
            opened.callback(consumers[-1].close)
        glance = open_glance(settings.kafka)
        opened.callback(glance.close)
        province = Database("suoi lag", postgres_conninfo(home, "province_reader"))
        opened.callback(province.close)
        connect = connect_client(home, _CONNECT_S)
        opened.callback(connect.close)
        yield Meter(
            catalogue=catalogue,
            groups=Groups(client_config(settings.kafka) | _QUIET),
            glance=glance,
            reader=consumers[0],
            streams=consumers[1],
            portal=consumers[2],
            province=province,
            redis=open_redis(settings.redis, "suoi-lag", ASKED_S),
            connect=connect,
        )
