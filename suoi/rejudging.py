"""Rows judged by older rules: the raw records they came from, read from Kafka and judged again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec
from confluent_kafka import Consumer

from consumers.ledger.reconcile.province import Held
from consumers.ledger.reconcile.verdicts import Rejudge
from infra import kafka_reader
from infra.kafka_reader import Place
from streams.standard import Standardiser

_GAP = 1000
"""Records between two wanted ones that are read over rather than jumped over."""
_Origin = tuple[Place, int]


def rejudging(reader: Consumer, standardise: Standardiser) -> Rejudge:
    """Return what judges the raw records behind rows again; what Kafka no longer has is absent."""

    def rejudge(held: Mapping[str, Held]) -> dict[str, str | None]:
        keys = {_origin(one.raw): key for key, one in held.items()}
        found: dict[str, str | None] = {}
        for origin, value in _values(reader, list(keys)):
            key = keys[origin]
            try:
                found[key] = standardise.raw(value, held[key].source_ts)
            except msgspec.MsgspecError:
                continue  # it decoded once: whatever lies there now is not what the row came from
        return found

    return rejudge


def stretches(offsets: list[int]) -> Iterator[tuple[int, int]]:
    """Join sorted *offsets* into stretches [first, end) without long ways between."""
    first = last = offsets[0]
    for offset in offsets[1:]:
        if offset - last > _GAP:
            yield first, last + 1
            first = offset
        last = offset
    yield first, last + 1


def _origin(raw: str) -> _Origin:
    topic, partition, offset = raw.rsplit(":", 2)
    return Place(topic, int(partition)), int(offset)


def _values(reader: Consumer, wanted: list[_Origin]) -> Iterator[tuple[_Origin, bytes]]:
    by_place: dict[Place, list[int]] = defaultdict(list)
    for place, offset in wanted:
        by_place[place].append(offset)
    sought = set(wanted)
    for place, offsets in by_place.items():
        for stretch in stretches(sorted(offsets)):
            for message in kafka_reader.read(reader, {place: stretch}):
                origin, value = (place, int(message.offset() or 0)), message.value()
                if origin in sought and isinstance(value, bytes):
                    yield origin, value
