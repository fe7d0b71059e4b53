"""The portal sink: open records become rows of a cache in Redis, our offsets beside them.

A batch of one dataset is one script: offsets compared and set, rows guarded by their order keys. A
Redis that comes back empty has no offsets: the sink then starts from the beginning, and the dataset
is shown again only once the ends sampled at that start are passed (DESIGN.md 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from consumers.batch import Batch, Bounds, Lost, Move, Record
from consumers.cache.again import WrittenAgain
from consumers.cache.keys import cache_keys
from consumers.cache.rows import CachedRow, RowReader
from consumers.decoding import Decoder, Schemas
from consumers.group import sink_consumer
from consumers.loop import Beat, Loop, stop_on_signals
from consumers.reemitted import Means
from infra import faults
from infra.errors import NotOwner, Transient, Usage
from infra.kafka import client_config, producer_config
from infra.kafka_reader import Place
from infra.posting import Post
from infra.redis_client import Redis, asking, open_redis
from infra.registry import Registry
from infra.settings import Settings
from schemas import topics
from schemas.contract import Dataset

CONSUMER = "portal"
_EMPTIED = "Redis no longer holds our offsets: the cache is filled again from the start."
_LOOK, _SEEN_TO = 0, 1
_SCRIPTS = Path(__file__).parent / "cache"


class DatasetCache:
    """The cache of one dataset, as its sink sees it."""

    def __init__(
        self, redis: Redis, dataset: Dataset, decoder: Decoder, means: Means | None
    ) -> None:
        """Take *redis* under the sink's user, and the *means* to write again; see PortalCache."""
        self._redis = redis
        self._version = str(dataset.major)
        self._partitions = dataset.partitions
        self._keys = cache_keys(dataset, self._version)
        self._reader = RowReader(dataset, decoder)
        self._begin = redis.register_script(_script("begin"))
        self._write = redis.register_script(_script("write"))
        self._again = None if means is None else WrittenAgain(dataset, means)

    def begin(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Enter *places* where they are new; answer where to go on in each."""
        if self._again is not None:
            self._again.forget()
        keys = self._keys
        asked: list[Any] = [self._version, self._partitions]
        for place, bounds in places.items():
            asked += [place.partition, bounds.low, bounds.high]
        with asking():
            answer = self._begin(keys=[keys.current, keys.offsets, keys.ends], args=asked)
        return {place: int(start) for place, start in zip(places, answer, strict=True)}

    def check(self, places: Iterable[Place]) -> None:
        """See that Redis knows an offset for each of *places*.

        Raises:
            Lost: it does not: it was emptied.
        """
        if None in self._offsets(places):
            raise Lost(_EMPTIED)

    def written_before(self, moves: Mapping[Place, Move]) -> bool:
        """Say whether a batch whose answer was lost had been written after all."""
        return self._offsets(moves) == [str(move.next).encode() for move in moves.values()]

    def write(self, records: Sequence[Record], moves: Mapping[Place, Move]) -> int:
        """Write rows and offsets, both or neither; give the number of rows that were newer.

        A row that stands although its last record is older is first written to the topic again:
        killed between the two we do both anew.

        Raises:
            Lost: Redis no longer knows our offsets.
            NotOwner: another process has moved one of them.
            Transient: Redis or the broker is away; it is not known whether the batch was written.
        """
        rows = [self._reader.read(record) for record in records]
        arguments = self._arguments(rows, moves)
        answer = self._ask(arguments)
        if self._again is not None and isinstance(answer, list):
            faults.point("portal.before_reemission")
            self._again.send(answer, records)  # Invariant 1: acknowledged before we move on
            faults.point("portal.after_reemission")
            arguments[4 + 3 * len(moves)] = _SEEN_TO
            answer = self._ask(arguments)
        if answer == b"lost":
            raise Lost(_EMPTIED)
        if answer == b"taken":  # Invariants 1, 3
            message = (
                "Another portal sink has moved our partitions; this one wrote nothing and leaves."
            )
            raise NotOwner(message)
        return int(answer)

    def _ask(self, arguments: list[Any]) -> Any:  # noqa: ANN401  the script's
        with asking():
            return self._write(keys=self._keys, args=arguments)

    def _offsets(self, places: Iterable[Place]) -> list[bytes | None]:
        wanted = [str(place.partition) for place in places]
        if not wanted:
            return []
        with asking():
            return cast("list[bytes | None]", self._redis.hmget(self._keys.offsets, wanted))

    def _arguments(self, rows: list[CachedRow], moves: Mapping[Place, Move]) -> list[Any]:
        newest = max((row.source_ts for row in rows), default=0)
        arguments: list[Any] = [self._version, self._partitions, newest, len(moves)]
        for place, move in moves.items():
            arguments += [place.partition, move.start, move.next]
        arguments.append(_LOOK if self._again is not None else _SEEN_TO)
        for row in rows:
            arguments += [row.key, row.order, row.json]
        return arguments


class PortalCache:
    """Writes batches of open records; upholds Sink."""

    def __init__(
        self,
        redis: Redis,
        schemas: Schemas,
        datasets: Iterable[Dataset],
        means: Means | None = None,
    ) -> None:
        """Take *redis* under the sink's user, and whoever knows the *schemas* of what arrives.

        *means* writes again what must be the last of its key; None = the topic is nobody's.
        """
        decoder = Decoder(schemas)
        self._caches = {
            topics.open_(one): DatasetCache(redis, one, decoder, means) for one in datasets
        }
        self._doubt = False
        self._places: dict[Place, int] = {}

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Read from Redis where to go on; an empty Redis says: from the beginning."""
        self._doubt = False
        found: dict[Place, int] = {}
        for topic, cache in self._caches.items():
            mine = {place: bounds for place, bounds in places.items() if place.topic == topic}
            if mine:
                found |= cache.begin(mine)
        self._places = dict(found)
        return found

    def check(self) -> None:
        """See that Redis still stands where we left it, also while no record comes.

        Raises:
            Lost: it was emptied.
            Transient: it is away.
        """
        for topic, cache in self._caches.items():
            cache.check([place for place in self._places if place.topic == topic])

    def write(self, batch: Batch) -> Mapping[str, int]:
        """Write each dataset's rows and offsets; the errors are those of Sink.write."""
        faults.point("portal.before_write")
        written = 0
        for topic in dict.fromkeys(place.topic for place in batch.moves):
            moves = {place: move for place, move in batch.moves.items() if place.topic == topic}
            records = [record for record in batch.records if record.topic == topic]
            written += self._write(self._caches[topic], records, moves)
        self._doubt = False
        self._places |= {place: move.next for place, move in batch.moves.items()}
        faults.point("portal.after_write")
        return {"open": written}

    def _write(
        self, cache: DatasetCache, records: list[Record], moves: Mapping[Place, Move]
    ) -> int:
        if self._doubt and cache.written_before(moves):
            return 0
        try:
            return cache.write(records, moves)
        except Transient:
            self._doubt = True
            raise


def _script(name: str) -> str:
    parts = ("whole", name)
    return "\n".join((_SCRIPTS / f"{part}.lua").read_text(encoding="utf-8") for part in parts)


def run(settings: Settings, catalogue: Mapping[str, Dataset]) -> None:
    """Fill the cache until told to stop (SIGTERM, SIGINT).

    Raises:
        Usage: settings miss Kafka, Redis or the registry.
        Transient: a part stayed away for longer than our patience.
        Fatal: a person is needed.
    """
    if settings.redis is None or settings.registry_url is None or settings.kafka is None:
        message = "The portal sink needs SUOI_KAFKA_BOOTSTRAP, SUOI_REDIS_PORT, SUOI_REGISTRY_URL."
        raise Usage(message)
    stop = stop_on_signals()
    datasets = [one for one in catalogue.values() if one.open_columns]
    redis = open_redis(settings.redis, f"suoi-{CONSUMER}-sink")
    registry = Registry(settings.registry_url)
    means = Means(registry, Post(client_config(settings.kafka) | producer_config()))
    sink = PortalCache(redis, registry, datasets, means)
    wanted = list(map(topics.open_, datasets))
    beat = Beat(settings.timing.heartbeat, sink.check)
    Loop(sink_consumer(settings, CONSUMER, wanted), sink, settings.timing, stop, beat).run(wanted)
