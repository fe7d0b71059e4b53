"""What was delivered of each partition, how far it is durable, and which topics are held.

Pure: the transport driver keeps one, and asks it what may be committed, fetched and read again. A
held topic is neither fetched nor delivered. What of it was delivered but is not durable becomes
void: its carrier passes it over, and it is delivered again, in order, once the topic is free.
Were it judged later than what follows it, sinks would take it for a repeat and drop it.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol


class Partition(Protocol):
    """One partition of one topic; as a tuple it is hashable, the clients' own types are."""

    @property
    def topic(self) -> str:
        """Name of the topic."""

    @property
    def partition(self) -> int:
        """Number of the partition."""


class Delivery(Protocol):
    """One chunk as delivered once."""

    first: int
    """Offset of its first record."""
    offset: int
    """Offset of its last record."""
    durable: int | None
    """The first offset whose output is not durable downstream; None = none of it is."""
    void: bool
    """It is to be passed over: its records will come again."""


class Deliveries:
    """The deliveries of one consumer, by partition; asked from its event loop alone."""

    def __init__(self) -> None:
        """Nothing was delivered yet, nothing is held."""
        self._queues: defaultdict[Partition, deque[Delivery]] = defaultdict(deque)
        self._start: dict[Partition, int] = {}
        """Where to read on: the first offset that was fetched or delivered in vain."""
        self._due: dict[Partition, int] = {}
        """Where the consumer was sent, until something was fetched from there."""
        self._held: set[str] = set()
        self._freed: set[str] = set()
        self._turned: set[Partition] = set()
        """Set back, and the consumer does not stand there yet."""

    # -- the exact prefix --

    def enter(self, place: Partition, delivery: Delivery) -> None:
        """Write down that *delivery* is on its way."""
        self._start.pop(place, None)
        self._queues[place].append(delivery)

    def reached(self, place: Partition) -> int | None:
        """Return the offset after all that is durable with everything before it (invariant 1)."""
        queue, offset = self._queues[place], self._start.get(place)
        while queue and queue[0].durable is not None:
            offset = queue[0].durable
            if offset <= queue[0].offset:
                break  # durable in part: the records that follow are in flight
            queue.popleft()
        return offset

    def places(self) -> tuple[Partition, ...]:
        """Return the partitions anything was ever delivered of."""
        return tuple(self._queues)

    def forget(self, places: Iterable[Partition] | None = None) -> None:
        """Forget *places*, or all: others read them now, or we anew from what is committed."""
        known = self._queues.keys() | self._start.keys() | self._due.keys()
        for place in tuple(known) if places is None else places:
            self._queues.pop(place, None)
            self._start.pop(place, None)
            self._due.pop(place, None)
            self._turned.discard(place)

    def expect(self, places: Mapping[Partition, int]) -> None:
        """Write down where the consumer was sent: what is fetched next should begin there."""
        self._due.update(places)

    def due(self, place: Partition, first: int) -> int:
        """Return where what was fetched from *first* on should have begun (invariant 10)."""
        return self._due.pop(place, first)

    # -- partitions that are read again --

    def rewind(self, place: Partition, start: int) -> None:
        """Read *place* again from *start* on; whatever was delivered of it is void."""
        for delivery in self._queues.pop(place, ()):
            delivery.void = True
        self._start[place] = start
        self._turned.add(place)

    @property
    def turned(self) -> bool:
        """Whether a partition waits for the consumer to go back."""
        return bool(self._turned)

    # -- topics that stand still --

    def hold(self, topic: str) -> None:
        """Deliver no more of *topic*; what of it is not durable is void."""
        self._held.add(topic)
        self._freed.discard(topic)
        for place in (one for one in self.places() if one.topic == topic):
            start, queue = self.reached(place), self._queues[place]
            if start is None and queue:
                start = queue[0].first
            if start is not None:
                self._start[place] = start
            for delivery in queue:
                delivery.void = True
            queue.clear()

    def holds(self, topic: str) -> bool:
        """Whether nothing of *topic* is delivered."""
        return topic in self._held

    def drops(self, place: Partition) -> bool:
        """Whether what is fetched of *place* is dropped: it is held, or read from elsewhere."""
        return place.topic in self._held or place in self._turned

    def skip(self, place: Partition, first: int) -> None:
        """Write down that records of a held topic, from offset *first* on, were fetched in vain."""
        self._start.setdefault(place, first)

    def release(self, topic: str) -> None:
        """Let *topic* go on, once the consumer has gone back to where it stopped."""
        if topic in self._held:
            self._freed.add(topic)

    def freed(self) -> frozenset[str]:
        """Return the topics that may go on once the consumer stands where `back` says."""
        return frozenset(self._freed)

    def back(
        self, topics: Collection[str], assigned: Collection[Partition]
    ) -> dict[Partition, int]:
        """Return where to read on in what of *topics*, or set back, is *assigned* to us."""
        turned = {place for place in self._turned if place.topic not in self._held}
        return {
            place: start
            for place, start in self._start.items()
            if (place.topic in topics or place in turned) and place in assigned
        }

    def arrived(self, back: Mapping[Partition, int]) -> None:
        """Take note that the consumer stands where *back* says."""
        self._turned -= {place for place, start in back.items() if self._start.get(place) == start}

    def go_on(self, topics: Iterable[str]) -> None:
        """Deliver *topics* again, but those held anew meanwhile."""
        for topic in self._freed.intersection(topics):
            self._freed.discard(topic)
            self._held.discard(topic)
