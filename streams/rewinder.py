"""Carries out requests to judge the past again, for the partitions this worker owns.

The group is active, so only the member that owns a partition can set it back. What was done is
noted in the very commit that does it: a request met again, after a kill or by another worker, finds
its id there and does nothing. It is taken away once every partition carries it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

import structlog
from confluent_kafka import Consumer

from infra import kafka_reader
from infra.control import Control, Sender, write_rewind
from infra.errors import Transient
from infra.faults import point
from infra.kafka_reader import Place
from infra.settings import KafkaAccess
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.rewinds import Rewind
from streams.deliveries import Partition
from streams.marks import Ask, Marks
from streams.past import find_firsts

_FOLLOW_S = 0.25
_PATIENCE_S = 30.0
_log = structlog.get_logger()


class Asked(Protocol):
    """Where requests are read: `infra.control.Control`, or a test's."""

    rewinds: dict[str, Rewind]


class Group(Protocol):
    """The driver's consumer."""

    def assignment(self) -> set[Any]:
        """Give the partitions that are ours."""

    async def keep(self, offsets: dict[Partition, int]) -> None:
        """See Marks."""

    async def rewind(self, starts: Mapping[Any, int], name: str) -> None:
        """Set partitions back."""


class TopicPartition(NamedTuple):
    """A partition as Faust and aiokafka have it: equal to theirs."""

    topic: str
    partition: int


class Rewinder:
    """Follows the requests of `control.datasets`."""

    def __init__(
        self,
        control: Asked,
        clear: Callable[[str], Awaitable[None]],
        marks: Marks,
        ask: Ask,
        topic_of: Mapping[str, str],
    ) -> None:
        """*clear* takes a request away, *topic_of* names the raw topic of each dataset."""
        self._control, self._clear, self._ask = control, clear, ask
        self._topic_of = topic_of
        self.marks = marks

    async def follow(self, group: Callable[[], Group]) -> None:
        """Carry out what is asked, for ever."""
        while True:
            await asyncio.sleep(_FOLLOW_S)
            for rewind in tuple(self._control.rewinds.values()):
                await self.heed(rewind, group())

    async def heed(self, rewind: Rewind, group: Group) -> None:
        """Set back what of *rewind* is ours and was not yet; take it away once all is done.

        Raises:
            Transient: Kafka does not answer.
        """
        topic = self._topic_of.get(rewind.dataset)
        if topic is None:
            return
        mine = [
            place
            for place in group.assignment()
            if place.topic == topic and place.partition in rewind.starts
        ]
        await self.marks.load(mine, group)
        due = {
            place: rewind.starts[place.partition]
            for place in mine
            if self.marks.knows(place) and self.marks.rewound(place) != rewind.id
        }
        if due:
            point("streams.before_rewind")
            await group.rewind(due, rewind.id)
            point("streams.after_rewind")
            _log.warning("partitions.set_back", dataset=rewind.dataset, partitions=len(due))
        if await self._done(topic, rewind):
            await self._clear(rewind.dataset)

    async def _done(self, topic: str, rewind: Rewind) -> bool:
        places: list[Partition] = [TopicPartition(topic, number) for number in rewind.starts]
        notes = await asyncio.to_thread(self._ask, places)
        return all(mark.rewound == rewind.id for _, mark in notes.values())


def open_memory(
    access: KafkaAccess, catalogue: Catalogue, control: Control, outbox: Sender
) -> Rewinder:
    """Open what a worker of *catalogue* knows of the past, and sets back."""
    reader = kafka_reader.open_reader(access, group="streams")
    datasets = {topics.raw(dataset): dataset for dataset in catalogue.values()}
    revisions = {topic: dataset.revision for topic, dataset in datasets.items()}
    ask = partial(_ask, reader)
    marks = Marks(revisions, ask, partial(_look, reader, datasets))

    async def clear(dataset: str) -> None:
        await write_rewind(outbox, dataset, None)
        control.rewinds.pop(dataset, None)

    topic_of = {dataset.id: topic for topic, dataset in datasets.items()}
    return Rewinder(control, clear, marks, ask, topic_of)


def _ask(reader: Consumer, places: list[Partition]) -> dict[Partition, Any]:
    """Ask, and again while a broker that was started anew does not know its groups yet."""
    wanted = [Place(place.topic, place.partition) for place in places]
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            found = kafka_reader.committed_marks(reader, wanted)
        except Transient:
            if time.monotonic() > deadline:
                raise
            time.sleep(_FOLLOW_S)
        else:
            return {place: found[one] for place, one in zip(places, wanted, strict=True)}


def _look(
    reader: Consumer, datasets: Mapping[str, Dataset], topic: str, starts: Mapping[int, int]
) -> Mapping[int, Mapping[int, str]]:
    return find_firsts(reader, datasets[topic], starts)
