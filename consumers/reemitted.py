"""Records that a sink wrote again, because an older version lay behind the newest of its key.

"The last record of a key is the newest" (DESIGN.md 2): a compacted topic forgets all but the last.
Such a record carries a header. It never counts (its raw record was counted when it first came), and
it is never left out as a repeat: once the first copy is compacted away it is the only one, and
between the two a newer version may have come, which then must be written again in its turn.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from consumers.batch import Record
from infra.kafka import Headers
from infra.posting import Letter, Posts
from schemas.records import OrderKey
from schemas.replay import REEMITTED

HEADER: Final = REEMITTED
MARK: Final = (HEADER, "1")


class Registered(Protocol):
    """Whoever knows the id of a schema by its text: infra.registry.Registry, or a double."""

    def known_id(self, subject: str, schema: Mapping[str, Any]) -> int:
        """Give the id under which *schema* is registered; one not registered is Transient."""


class Means(NamedTuple):
    """What it takes to write again."""

    registered: Registered
    posts: Posts


def is_reemitted(record: Record) -> bool:
    """Whether a sink wrote *record* again."""
    return HEADER in record.headers


def again(record: Record, partition: int) -> Letter:
    """Make the letter that writes *record* once more, behind what lies in *partition*."""
    headers: Headers = [(name, text) for name, text in record.headers.items() if name != HEADER]
    return Letter(record.topic, partition, record.key or b"", record.value, [*headers, MARK])


def order_headers(order: OrderKey, source_ts: int) -> Headers:
    """Give the headers in which a tombstone carries its order key and its commit time (µs)."""
    named = [(f"suoi.{name}", str(value)) for name, value in order._asdict().items()]
    return [*named, ("suoi.source_ts", str(source_ts))]
