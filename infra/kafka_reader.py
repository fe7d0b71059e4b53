"""Reading stretches of topics once, outside any group: for checks, status pages and tests."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import ClusterMetadata

from infra.errors import Transient
from infra.kafka import client_config
from infra.settings import KafkaAccess
from schemas.marks import Mark, decode

_WAIT_S = 15.0
_CRITICAL = 2
"""Log level of librdkafka, syslog's: it prints nothing less than critical by itself."""

ALONE: dict[str, Any] = {
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
}
"""Settings of a consumer that never joins its group and never commits."""

Answer = TypeVar("Answer")


class Place(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Reader(Consumer):
    """A consumer that keeps librdkafka's complaints for the one who asks, off the terminal.

    A connection that is closed midway is no error of ours: only a question that got no answer
    looks for the reason.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        """Open it with *config*."""
        self._complaints: deque[KafkaError] = deque(maxlen=20)
        quiet = {"log_level": _CRITICAL, "error_cb": self._complaints.append}
        super().__init__(config | quiet)

    def complaint(self) -> str | None:
        """Say why the broker does not answer, as far as the client knows; None = it does not."""
        self.poll(0)  # hands over what the client has met since
        found = sorted(self._complaints, key=lambda one: one.code() != KafkaError._AUTHENTICATION)  # noqa: SLF001  the client's only name for it
        return str(found[0].str()) if found else None


def open_reader(access: KafkaAccess, group: str = "reader") -> Consumer:
    """Open a consumer that never joins its group and never commits.

    *group* matters for `committed_offsets` alone: it is the group whose offsets are looked up.
    """
    return Reader(client_config(access) | ALONE | {"group.id": group, "fetch.wait.max.ms": 20})


def all_topics(reader: Consumer) -> ClusterMetadata:
    """Tell every topic that our principal may see, by one question."""
    found: ClusterMetadata = _asked(reader, lambda: reader.list_topics(timeout=_WAIT_S))
    return found


def partitions(reader: Consumer, topic: str) -> list[Place]:
    """List the partitions of *topic*; none where it does not exist or may not be seen."""
    found = _asked(reader, lambda: reader.list_topics(topic, timeout=_WAIT_S)).topics[topic]
    return [Place(topic, number) for number in sorted(found.partitions)]


def bounds(reader: Consumer, place: Place) -> tuple[int, int]:
    """First offset kept and the next one to be written."""
    low, high = _asked(
        reader, lambda: reader.get_watermark_offsets(TopicPartition(*place), timeout=_WAIT_S)
    )
    return low, high


def ends(reader: Consumer, names: Iterable[str]) -> dict[Place, int]:
    """Give the end of each partition of the topics *names*; those that do not exist have none."""
    return {place: bounds(reader, place)[1] for name in names for place in partitions(reader, name)}


def committed_offsets(reader: Consumer, places: list[Place]) -> dict[Place, int]:
    """Offsets the reader's group has committed; 0 where it has committed none."""
    found = commits(reader, [TopicPartition(*place) for place in places])
    return {place: max(offset, 0) for place, offset in found.items()}


def commits(reader: Consumer, asked: list[TopicPartition]) -> dict[Place, int]:
    """Offsets the reader's group has committed; negative where it has committed none."""
    answer = _asked(reader, lambda: reader.committed(asked, timeout=_WAIT_S))
    return {Place(one.topic, one.partition): one.offset for one in answer}


def committed_marks(reader: Consumer, places: list[Place]) -> dict[Place, tuple[int, Mark]]:
    """Offsets the group `streams` has committed, 0 where none, and the note beside each."""
    asked = [TopicPartition(*place) for place in places]
    answer = _asked(reader, lambda: reader.committed(asked, timeout=_WAIT_S))
    return {
        Place(one.topic, one.partition): (max(one.offset, 0), decode(one.metadata))
        for one in answer
    }


def offsets_at(reader: Consumer, asked: list[TopicPartition]) -> dict[Place, int]:
    """First offset at or after the time (ms, in place of the offset); -1 where none is so late."""
    answer = _asked(reader, lambda: reader.offsets_for_times(asked, timeout=_WAIT_S))
    return {Place(one.topic, one.partition): one.offset for one in answer}


def read(reader: Consumer, stretches: Mapping[Place, tuple[int, int]]) -> Iterator[Message]:
    """Yield the records of each stretch [first, end); gaps that compaction left are passed over.

    Raises:
        Transient: no record came for 15 s although some are due.
    """
    due = {place: end for place, (first, end) in stretches.items() if first < end}
    reader.assign([TopicPartition(*place, stretches[place][0]) for place in due])
    deadline = time.monotonic() + _WAIT_S
    while due:
        for message in reader.consume(1000, timeout=0.05):
            deadline = time.monotonic() + _WAIT_S
            place = Place(str(message.topic()), int(message.partition() or 0))
            if message.error():
                _passed_end(message, due, place)
            elif place in due:
                yield from _within(message, due, place)
        if time.monotonic() > deadline:
            silence = f"Kafka sent nothing for {_WAIT_S:g} s while {len(due)} partitions were due."
            raise Transient(silence)
    reader.unassign()


def _within(message: Message, due: dict[Place, int], place: Place) -> Iterator[Message]:
    offset = int(message.offset() or 0)
    if offset < due[place]:
        yield message
    if offset + 1 >= due[place]:
        del due[place]


def _passed_end(message: Message, due: dict[Place, int], place: Place) -> None:
    error = message.error()
    if error is None or error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  the client's only name for it
        message_text = f"Kafka could not be read: {error}."
        raise Transient(message_text)
    due.pop(place, None)


def _asked(reader: Consumer, question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except KafkaException as error:
        why = reader.complaint() if isinstance(reader, Reader) else None
        said = why or error.args[0].str()
        message = f"Kafka did not answer: {said}. Is the stack up (suoi status)?"
        raise Transient(message) from error
