"""The open projection of the provincial rows held against the portal's cache in Redis.

Nothing of the source is read: the province has been compared with it. Only the public columns and
what `open_when` reads are taken from the province (invariant 6). A doubt counts when it stands, the
same, after the patience: the cache follows by itself.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import orjson

from consumers.cache.keys import CacheKeys, cache_keys, order_text
from consumers.cache.rows import day_text, instant_text
from consumers.ledger.reconcile.province import Province, Version
from consumers.ledger.reconcile.verdicts import Kind
from infra.redis_client import Redis, asking
from schemas.contract import Dataset

_PAGE_ROWS = 5000
_SHOWN: dict[str, Callable[[Any], Any]] = {"date": day_text, "timestamp": instant_text}
NOT_WHOLE = "the portal's cache is not whole yet; look with `suoi lag`, then ask again"

Project = Callable[[tuple[Any, ...], list[str]], tuple[Any, ...] | None]
"""(canonical values, flags) -> the public columns; None = not open."""


class Doubt(NamedTuple):
    """One open key that is not served as the province says."""

    what: str
    """missing, altered, or extra (served, and nothing open of that key is in the province)."""
    key: str | None
    """None where only the keyed hash is known."""
    order: str
    held: bytes | None


class OpenDifference(NamedTuple):
    """One open key that differs, by its keyed hash, and its class."""

    open_key: str
    kind: Kind
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Portal:
    """Compares one dataset's cache with its provincial rows."""

    redis: Redis
    province: Province
    dataset: Dataset
    project: Project
    inputs: Collection[str]
    """Canonical columns that `open_when` reads."""
    keyed: Callable[[str], bytes]
    """`_key` -> open key (streams.output.keyed_hash)."""

    def compare(self, patience_s: float) -> tuple[OpenDifference, ...] | None:
        """Return what differs; None = the cache is not whole, so nothing can be said.

        Raises:
            Transient: Redis or the province is away.
        """
        first = self._look()
        if not first:
            return None if first is None else ()
        time.sleep(patience_s)  # the cache follows the province: what is late is no difference
        again = self._look() or {}
        stays = {name: again.get(name) for name in first}
        keys = [one.key for one in stays.values() if one is not None and one.key is not None]
        explained = self.province.waiting(keys)
        return tuple(
            OpenDifference(name.decode(), self._kind(doubt, first[name], explained), doubt.what)
            for name, doubt in sorted(stays.items())
            if doubt is not None
        )

    def _kind(self, doubt: Doubt, before: Doubt, explained: Collection[str]) -> Kind:
        if doubt != before:
            return Kind.MOVING
        if doubt.key in explained:
            return Kind.QUARANTINED
        held = (doubt.held or b"").decode()
        if doubt.order and held > doubt.order:  # the province's sink is behind the portal's
            return Kind.MOVING
        older = held and held == doubt.order and int(held[-10:]) < self.dataset.revision
        return Kind.OLDER_RULESET if older else Kind.DIFFERS

    def _look(self) -> dict[bytes, Doubt] | None:
        with asking():
            current = cast("bytes | None", self.redis.get(cache_keys(self.dataset, "").current))
        if current is None:
            return None
        keys = cache_keys(self.dataset, current.decode())
        found: dict[bytes, Doubt] = {}
        expected: set[bytes] = set()
        for page in self._pages():
            wanted = {self.keyed(one.key): one for one in page}
            found |= self._doubts(keys, wanted, expected)
        with asking():
            served = cast("Iterator[tuple[bytes, bytes]]", self.redis.hscan_iter(keys.rows))
            strangers = [name for name, _ in served if name not in expected and name not in found]
        held = self._orders(keys, strangers)
        return found | {
            name: Doubt("extra", None, "", order)
            for name, order in zip(strangers, held, strict=True)
        }

    def _pages(self) -> Iterator[list[Version]]:
        public = {column.name for column in self.dataset.open_columns}
        names = public | set(self.inputs)
        return self.province.versions(names, _PAGE_ROWS)

    def _doubts(
        self, keys: CacheKeys, wanted: dict[bytes, Version], expected: set[bytes]
    ) -> dict[bytes, Doubt]:
        names = list(wanted)
        with asking():
            served = cast("list[bytes | None]", self.redis.hmget(keys.rows, cast("Any", names)))
        orders = self._orders(keys, names)
        found = {}
        for name, body, held in zip(names, served, orders, strict=True):
            version = wanted[name]
            shown = self._shown(version)
            if shown is not None:
                expected.add(name)
            what = _unlike(shown, body)
            if what is not None:
                found[name] = Doubt(what, version.key, order_text(version.order), held)
        return found

    def _shown(self, version: Version) -> dict[str, Any] | None:
        public = self.project(version.values, version.flags) if version.live else None
        if public is None:
            return None
        return {
            column.name: value
            if value is None or column.type not in _SHOWN
            else _SHOWN[column.type](value)
            for column, value in zip(self.dataset.open_columns, public, strict=True)
        }

    def _orders(self, keys: CacheKeys, names: list[bytes]) -> list[bytes | None]:
        if not names:
            return []
        with asking():
            held = cast("list[bytes | None]", self.redis.hmget(keys.order, cast("Any", names)))
        return [one and one.partition(b":")[0] for one in held]  # behind it stands the commit time


def _unlike(shown: dict[str, Any] | None, body: bytes | None) -> str | None:
    if shown is None:
        return None if body is None else "extra"
    if body is None:
        return "missing"
    return None if orjson.loads(body) == shown else "altered"


def count(found: Collection[OpenDifference]) -> dict[str, int]:
    """Count *found* by class, each class named."""
    counts = Counter(one.kind.value for one in found)
    return {kind.value: counts[kind.value] for kind in Kind}
