"""A reader that asks for all partitions at once, and answers single questions from what it saw.

`kafka_reader.bounds` asks the broker for each partition: at 200 datasets that is thousands of
questions for one look. A glance takes four: the topics, all lows, all ends, all commits of a group.
What it answers is of one moment, so what is proved by an order in time (law 2) asks a plain reader;
`sample` looks anew each time, and serves the watermark. A partition without a leader is left out:
what waits there is unknown, and that of the others is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, TopicPartition
from confluent_kafka.admin import ClusterMetadata, TopicMetadata

from infra import kafka_reader
from infra.kafka import client_config
from infra.kafka_reader import ALONE, Place, Reader
from infra.settings import KafkaAccess

_WAIT_S = 15.0
_NOBODY = -1
"""The leader of a partition that has none, in what brokers say."""


class Glance(Reader):
    """A consumer that never joins its group; nothing is known before the first look."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Open it with *config*."""
        super().__init__(config)
        self._topics = ClusterMetadata()
        self.lows: dict[Place, int] = {}
        """First offset kept, of each partition that our principal may see."""
        self.ends: dict[Place, int] = {}
        """The next offset to be written."""

    def look(self) -> None:
        """See where every partition begins and ends.

        Raises:
            Transient: Kafka does not answer.
        """
        self.look_for_topics()
        self.look_for_offsets()

    def look_for_topics(self) -> None:
        """See which topics there are: where what is asked in between must be older than the ends.

        Raises:
            Transient: Kafka does not answer.
        """
        self._topics = kafka_reader.all_topics(self)
        self._topics.topics = defaultdict(TopicMetadata, self._topics.topics)

    def look_for_offsets(self) -> None:
        """See where every partition of the topics seen begins and ends.

        Raises:
            Transient: Kafka does not answer.
        """
        self.lows = self._offsets(OFFSET_BEGINNING)
        self.ends = self._offsets(OFFSET_END)

    def places(self) -> list[Place]:
        """List the partitions there were at the last look, and somebody led."""
        return [
            Place(topic, number)
            for topic, known in self._topics.topics.items()
            for number, partition in known.partitions.items()
            if partition.leader != _NOBODY
        ]

    def bounds_of(self, names: Iterable[str]) -> dict[str, dict[Place, tuple[int, int]]]:
        """First offset kept and end of each partition of *names*; a topic not all known is absent.

        A topic that is not there, or not for us, is not known either.
        """
        found = {}
        for name in names:
            places = kafka_reader.partitions(self, name)
            if places and all(one in self.lows and one in self.ends for one in places):
                found[name] = {one: (self.lows[one], self.ends[one]) for one in places}
        return found

    def sample(self, names: Mapping[str, Sequence[str]]) -> dict[str, dict[Place, int]]:
        """Look, and tell the ends of the topics *names*, by key.

        Raises:
            Transient: Kafka does not answer, or not for one of the partitions.
        """
        self.look()
        return {key: kafka_reader.ends(self, some) for key, some in names.items()}

    def list_topics(self, *asked: Any, **more: Any) -> ClusterMetadata:  # noqa: ANN401  the client's
        """Answer of one topic from the last look; of all, from the broker."""
        return self._topics if asked else super().list_topics(**more)

    def get_watermark_offsets(
        self,
        partition: TopicPartition,
        timeout: float = _WAIT_S,
        cached: bool = False,  # noqa: FBT001, FBT002  the client's own
    ) -> tuple[int, int]:
        """Answer from the last look, or from the broker where that knew nothing."""
        place = Place(partition.topic, partition.partition)
        if place in self.lows and place in self.ends:
            return self.lows[place], self.ends[place]
        return super().get_watermark_offsets(partition, timeout, cached)

    def _offsets(self, which: int) -> dict[Place, int]:
        """Ask for the first or the next offset of all that somebody leads."""
        asked = [TopicPartition(*place, which) for place in self.places()]
        found = kafka_reader.offsets_at(self, asked) if asked else {}
        return {place: offset for place, offset in found.items() if offset >= 0}


class GroupGlance(Reader):
    """What one group has committed, of all partitions; it never joins the group."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Open it with *config*, which names the group."""
        super().__init__(config)
        self.commits: dict[Place, int] = {}
        """Committed offsets; a partition without one is absent."""

    def look(self, places: Sequence[Place]) -> None:
        """See what the group has committed in *places*.

        Raises:
            Transient: Kafka does not answer.
        """
        asked = [TopicPartition(*place) for place in places]
        found = kafka_reader.commits(self, asked) if asked else {}
        self.commits = {place: offset for place, offset in found.items() if offset >= 0}


def open_glance(access: KafkaAccess) -> Glance:
    """Open a glance as the principal of *access*."""
    return Glance(client_config(access) | ALONE | {"group.id": "reader", "fetch.wait.max.ms": 20})


def open_group(access: KafkaAccess, group: str) -> GroupGlance:
    """Open a glance at the commits of *group*, which the principal of *access* may describe."""
    return GroupGlance(client_config(access) | ALONE | {"group.id": group})
