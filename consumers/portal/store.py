"""What the portal reads from Redis: one dataset whole, as of one state of its cache."""

from typing import Any, NamedTuple, cast

import orjson

from consumers.cache.keys import CacheKeys, cache_keys
from infra.redis_client import Redis, asking
from schemas.contract import Dataset

_TRIES = 3
State = tuple[tuple[bytes, bytes], ...]


class Snapshot(NamedTuple):
    """One state of a dataset: rows in a fixed order, and the newest commit at its source (µs)."""

    version: str
    state: State
    rows: list[dict[str, Any]]
    changed: int


class Store:
    """Reads datasets, and remembers the last state of each until its cache moves on."""

    def __init__(self, redis: Redis) -> None:
        """Take *redis* under the portal's user, which may only read."""
        self._redis = redis
        self._last: dict[str, Snapshot] = {}

    def read(self, dataset: Dataset) -> Snapshot | None:
        """Read *dataset*; None while its cache is not whole.

        Raises:
            Transient: Redis is away.
            Fatal: Redis refuses our user.
        """
        keys = cache_keys(dataset, "")
        with asking():
            current = cast("bytes | None", self._redis.get(keys.current))
            if current is None:
                return None
            version = current.decode()
            return self._read(dataset, version, cache_keys(dataset, version))

    def _read(self, dataset: Dataset, version: str, keys: CacheKeys) -> Snapshot:
        state = self._state(keys)
        last = self._last.get(dataset.id)
        if last is not None and (last.version, last.state) == (version, state):
            return last
        for _ in range(_TRIES):
            found = cast("dict[bytes, bytes]", self._redis.hgetall(keys.rows))
            changed = int(cast("bytes | None", self._redis.get(keys.changed)) or 0)
            before, state = state, self._state(keys)
            if before == state:  # nothing was written between: rows and state belong together
                break
        snapshot = Snapshot(version, state, _sorted(dataset, found), changed)
        self._last[dataset.id] = snapshot
        return snapshot

    def _state(self, keys: CacheKeys) -> State:
        """The offsets say exactly which open records the cache holds."""
        held = cast("dict[bytes, bytes]", self._redis.hgetall(keys.offsets))
        changed = cast("bytes | None", self._redis.get(keys.changed)) or b""
        return (*sorted(held.items()), (b"changed", changed))


def _sorted(dataset: Dataset, found: dict[bytes, bytes]) -> list[dict[str, Any]]:
    """Sort by business key, then by open key: the same rows always give the same text."""
    names = [name for name in dataset.business_key if name in _public(dataset)]
    decoded = [(key, orjson.loads(body)) for key, body in found.items()]
    decoded.sort(key=lambda one: ([str(one[1].get(name)) for name in names], one[0]))
    return [row for _, row in decoded]


def _public(dataset: Dataset) -> set[str]:
    return {column.name for column in dataset.open_columns}
