"""Records of `replay.raw`: raw records that are judged again, under their place of then.

What comes of them is what would have come of the raw record itself: same order key but for the
ruleset, same origin. The guard in the row decides whether it still counts (invariant 4).
"""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.replay import GENERATION, ITEM, ORIGIN, RULESET
from streams.envelope import RawRecord


class Original(NamedTuple):
    """A raw record as it was; upholds RawRecord."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Replay(NamedTuple):
    """What one record of `replay.raw` asks for."""

    original: Original
    ruleset: int
    """The ruleset it was refused under: the same one again does nothing."""
    item: str


def read_replay(record: RawRecord) -> Replay | None:
    """Read one record of `replay.raw`; None where it does not say which raw record it was."""
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    try:
        topic, partition, offset = (headers[name] for name in ORIGIN)
        kept = [(name, value) for name, value in record.headers if name == GENERATION]
        original = Original(topic, int(partition), int(offset), record.key, record.value, kept)
        return Replay(original, int(headers[RULESET]), headers.get(ITEM, ""))
    except (KeyError, ValueError):
        return None
