"""What the watch's guards have measured of each source, and what they alarm of.

The guards leave both in `control.sources` (connectors/guards/); here nobody asks the source again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from infra import kafka_reader
from infra.errors import Transient
from infra.local.home import Home
from infra.memory import MemoryReader
from infra.metrics.family import Family, Sample
from schemas.alarms import Alarms
from suoi.measuring.families import (
    ALARM,
    BEAT_WRITTEN,
    CLOCK_SKEW,
    SLOT_ACTIVE,
    SLOT_CAP,
    SLOT_LAG,
    SLOT_PRESENT,
    SLOT_WAL,
)
from suoi.measuring.ground import reader_access

FRESH_S = 60.0
"""What the guards told longer ago is not known any more: they tell at least every ten seconds."""
_OF_ALL: Mapping[str, Family] = {
    "clock_skew_seconds": CLOCK_SKEW,
    "heartbeat_age_seconds": BEAT_WRITTEN,
}
_OF_SLOTS: Mapping[str, Family] = {
    "slot_present": SLOT_PRESENT,
    "slot_active": SLOT_ACTIVE,
    "slot_cap_bytes": SLOT_CAP,
    "slot_kept_bytes": SLOT_LAG,
}


@contextmanager
def open_memory(home: Home) -> Iterator[MemoryReader]:
    """Open what is remembered of the sources of the stack at *home*."""
    reader = kafka_reader.open_reader(reader_access(home))
    try:
        yield MemoryReader(reader)
    finally:
        reader.close()


def measure(memory: MemoryReader, source: str) -> Iterator[Sample]:
    """Tell what the guards have found of *source*.

    Raises:
        Transient: Kafka does not answer, or the guards have told nothing for a minute.
    """
    yield from told(_fresh(memory.read().alarms.get(source), source))


def told(found: Alarms) -> Iterator[Sample]:
    """Tell the figures, those of a slot where the engine has one, and each alarm."""
    figures = found.figures
    families = {**_OF_ALL, **(_OF_SLOTS if "slot_present" in figures else {})}
    for name, family in families.items():
        value = figures.get(name)
        if not isinstance(value, str):
            yield from family.of(value, found.source)
    if "wal_status" in figures:
        yield from SLOT_WAL.of(1, found.source, str(figures["wal_status"]))
    for code, severity in sorted({(one.code, one.severity.value) for one in found.alarms}):
        yield from ALARM.of(1, found.source, code, severity)


def _fresh(found: Alarms | None, source: str) -> Alarms:
    now = datetime.now(UTC)
    if found is None or (now - datetime.fromisoformat(found.at)).total_seconds() > FRESH_S:
        message = f"the guards of {source} have told nothing for {FRESH_S:g} s: is `watch` up?"
        raise Transient(message)  # Invariant 9
    return found
