"""What became of raw offsets before: which of them had a verdict, and which verdict decides.

A partition that was set back has had all its verdicts below a limit. A chunk whose worker was
killed between its output and its commit may be judged again under a newer ruleset; what was already
sent of it is found in clean and reject (`find_firsts`). The first verdict decides (invariant 2);
whatever is sent of such an offset now is marked.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from confluent_kafka import Consumer, Message
from msgspec.structs import replace

from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics
from schemas.contract import Dataset
from schemas.records import Origin
from schemas.replay import REEMITTED
from streams.output import Headers
from streams.output import Message as Sent

AGAIN: Final = ("suoi.again", "1")
"""The header of every output of a raw offset that had a verdict before."""

_BLOCK = 500
Firsts = Mapping[int, str]
"""Raw offset -> clean or reject."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of one raw partition."""

    limit: int = 0
    """Every offset below had its verdict, and the books have it."""
    firsts: Firsts = field(default_factory=dict)
    """Verdicts that were sent, but neither committed nor surely booked."""

    def had(self, offset: int) -> bool:
        """Whether *offset* had a verdict before."""
        return offset < self.limit or offset in self.firsts


NOTHING: Final = Past()


def marked(message: Sent) -> Sent:
    """Return *message* with the header that says its raw offset had a verdict before."""
    headers: Headers = [*message.headers, AGAIN]
    return replace(message, headers=headers)


def find_firsts(
    reader: Consumer, dataset: Dataset, starts: Mapping[int, int]
) -> dict[int, dict[int, str]]:
    """Find what was sent of the raw offsets from *starts* (partition -> offset) on.

    Each output partition is read from its end back to the first result that lies before: results
    of one raw partition come in order. Marked records are second ones and say nothing.

    Raises:
        Transient: Kafka does not answer.
    """
    found: dict[int, dict[int, str]] = {number: {} for number in starts}
    former = [("clean", name) for name in topics.former(dataset, topics.clean)]
    now = (("clean", topics.clean(dataset)), ("reject", topics.reject(dataset)))
    for word, topic in (*now, *former):
        for place in kafka_reader.partitions(reader, topic):
            open_ends = set(starts)
            for origin in _origins(reader, place, open_ends):
                if origin.topic != topics.raw(dataset) or origin.partition not in starts:
                    continue
                if origin.offset >= starts[origin.partition]:
                    found[origin.partition][origin.offset] = word
                else:
                    open_ends.discard(origin.partition)
    return found


def _origins(reader: Consumer, place: Place, wanted: Collection[int]) -> Iterator[Origin]:
    """Yield the raw places of first results in *place*, newest first, while any is *wanted*."""
    low, end = kafka_reader.bounds(reader, place)
    while end > low and wanted:
        first = max(low, end - _BLOCK)
        for message in reversed([*kafka_reader.read(reader, {place: (first, end)})]):
            origin = _origin(message)
            if origin is not None:
                yield origin
        end = first


def _origin(message: Message) -> Origin | None:
    given = cast("Headers", message.headers() or [])
    headers = {name: _text(value) for name, value in given}
    if headers.get(AGAIN[0]) == AGAIN[1] or REEMITTED in headers:
        return None
    named = [headers.get(f"__connect.errors.{one}", "") for one in Origin._fields]
    parts = headers["suoi.raw"].rsplit(":", 2) if "suoi.raw" in headers else named
    if len(parts) < len(Origin._fields) or not parts[-1].isdecimal():
        return None  # it has no raw cause: operated
    topic, number, offset = parts
    return Origin(topic, int(number), int(offset))


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
