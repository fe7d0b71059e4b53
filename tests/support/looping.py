"""A sink's loop in a thread of the test, and records for it."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import Consumer, Producer

from consumers.group import consumer_config
from consumers.loop import Beat, Loop
from infra.errors import Fatal, Transient
from infra.settings import Timing
from support.memory_sink import MemorySink

TIMING = Timing(session_timeout=6.0, heartbeat=1.0, commit=0.2, patience=20.0)


class Running:
    """One loop in a thread, as a process of its own would be."""

    def __init__(
        self,
        broker: str,
        topic: str,
        sink: MemorySink,
        timing: Timing = TIMING,
        beat_s: float = 0.2,
    ) -> None:
        self.stop = threading.Event()
        self.trouble: BaseException | None = None
        config = consumer_config(topic, timing) | {"bootstrap.servers": broker}
        self.consumer = Consumer(config)
        self._loop = Loop(self.consumer, sink, timing, self.stop, Beat(beat_s, self._beat))
        self._thread = threading.Thread(target=self._run, args=([topic],))
        self.beats = 0

    def start(self) -> None:
        """Let it run."""
        self._thread.start()

    def end(self) -> None:
        """Stop it as SIGTERM would."""
        self.stop.set()
        self._thread.join(30)

    def ended(self) -> bool:
        """Say whether it has left by itself."""
        return not self._thread.is_alive()

    def _beat(self) -> None:
        self.beats += 1

    def _run(self, topics: list[str]) -> None:
        try:
            self._loop.run(topics)
        except (Fatal, Transient) as trouble:
            self.trouble = trouble


@contextmanager
def running(*arguments: object) -> Iterator[Running]:
    one = Running(*arguments)  # type: ignore[arg-type]
    one.start()
    try:
        yield one
    finally:
        one.end()


def send(broker: str, topic: str, positions: Iterable[int], partition: int = 0) -> None:
    producer = Producer({"bootstrap.servers": broker})
    for position in positions:
        order = {"generation": 1, "position": position, "step": 0, "ruleset": 1}
        headers = [(f"suoi.{name}", str(value)) for name, value in order.items()]
        key, value = f"{position % 7}", f"{position}"
        producer.produce(topic, value, key, partition=partition, headers=headers)
    assert producer.flush(10) == 0
