"""A small Faust application for test_driver.py: it writes down the offsets it processes.

    driver_app.py BOOTSTRAP TOPIC OUT [--driver worker|gated|stock] [--fail-at OFFSET]
        [--slow SECONDS]

`--driver worker` runs the product's own loop, application and membership (streams/worker.py);
`gated` the same behind its gate: the dataset `thu` stops at a record `gone`, unless the absence of
its column `nam` is accepted.

Its group is named as the topic. It processes a record by appending "partition:offset" to OUT. With
--fail-at it raises once, at the first record of partition 0 at or after that offset, and leaves
OUT.failed behind.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import faust
import mode

from infra import kafka_reader
from infra.control import Control, write_rewind, write_standing
from infra.kafka import Outbox, producer_config
from infra.settings import Timing
from schemas.contract import Dataset
from schemas.marks import Mark
from schemas.records import Origin
from streams.deliveries import Partition
from streams.envelope import RawRecord
from streams.events import settle
from streams.gate import Gate
from streams.marks import Marks
from streams.past import NOTHING, Past
from streams.rewinder import Rewinder
from streams.structure import Stop, stop_at_gap
from streams.transport import PassThrough
from streams.worker import Place, carry
from streams.workshop import Refined

GONE = b"gone"
"""The value of a record whose mandatory column has vanished."""

DATASET = Dataset(
    id="thu",
    title="Thử",
    version="1.0.0",
    revision=1,
    owner_unit="so_thu",
    source="so_thu",
    source_kind="cdc_postgres",
    table="thu.thu",
    source_key=("id",),
    business_key=(),
    fields=(),
)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    parser.add_argument("out", type=Path)
    parser.add_argument("--driver", default="cdc")
    parser.add_argument("--fail-at", type=int)
    parser.add_argument("--slow", type=float, default=0.0)
    return parser.parse_args()


class Ledger:
    """Processes records: one line each, in one write a call."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._out = os.open(given.out, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._fail_at = given.fail_at
        self._failed = given.out.with_suffix(".failed")
        self._slow = given.slow
        again = given.out.with_suffix(".again")
        self._again = os.open(again, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def process(self, places: list[tuple[int, int]]) -> None:
        """Write down *places*, (partition, offset) each, unless it is time to fail."""
        for partition, offset in places:
            if self._strikes(partition, offset):
                self._failed.touch()
                message = "the agent fails, once"
                raise RuntimeError(message)
            os.write(self._out, f"{partition}:{offset}\n".encode())
        time.sleep(self._slow)

    def again(self, places: list[tuple[int, int]]) -> None:
        """Write down which of *places* had a verdict before."""
        os.write(self._again, "".join(f"{one}:{two}\n" for one, two in places).encode())

    def _strikes(self, partition: int, offset: int) -> bool:
        wanted = self._fail_at is not None and partition == 0 and offset >= self._fail_at
        return wanted and not self._failed.exists()


class Workshop:
    """In place of the real one: a chunk is written down, nothing is sent."""

    def __init__(
        self,
        topic: str,
        ledger: Ledger,
        accepted: Callable[[str], Collection[str]] = lambda _: ("nam",),
    ) -> None:
        self.topics = (topic,)
        self._ledger = ledger
        self._accepted = accepted

    def missed(self, topic: str, partition: int, due: int, first: int) -> Stop | None:
        """Stop at a gap that nobody has accepted."""
        return stop_at_gap(
            DATASET, Origin(topic, partition, due), first, self._accepted(DATASET.id)
        )

    def refine(self, chunk: Sequence[RawRecord], past: Past = NOTHING) -> Refined:
        """Process *chunk*, up to a record that stops it."""
        had = [(item.partition, item.offset) for item in chunk if past.had(item.offset)]
        self._ledger.again(had)
        gone = [item for item in chunk if item.value == GONE]
        if gone and "nam" not in self._accepted(DATASET.id):
            place = gone[0].topic, gone[0].partition, gone[0].offset
            judged = [item for item in chunk if item.offset < place[2]]
            self._ledger.process([(item.partition, item.offset) for item in judged])
            return Refined([], Counter(), Stop(DATASET, *place, ("nam",)))
        self._ledger.process([(item.partition, item.offset) for item in chunk])
        return Refined([], Counter())


class Nowhere:
    """An outbox that is never sent to."""

    def send(self, *_: object) -> None:
        """Take nothing."""

    async def settle(self) -> None:
        """Have nothing to wait for."""


def remembering(
    reader: kafka_reader.Reader, control: Control, outbox: Outbox, topic: str
) -> Rewinder:
    """The product's own memory, without clean and reject topics to look into."""

    def ask(places: list[Partition]) -> dict[Partition, tuple[int, Mark]]:
        wanted = [kafka_reader.Place(one.topic, one.partition) for one in places]
        found = kafka_reader.committed_marks(reader, wanted)
        return {place: found[one] for place, one in zip(places, wanted, strict=True)}

    async def clear(dataset: str) -> None:
        await write_rewind(outbox, dataset, None)
        control.rewinds.pop(dataset, None)

    marks = Marks({topic: 1}, ask, lambda _topic, _starts: {})
    return Rewinder(control, clear, marks, ask, {DATASET.id: topic})


def application(given: argparse.Namespace) -> faust.App:
    scheme = "cdc" if given.driver == "cdc" else "kafka"
    extra = {"agent_supervisor": mode.CrashingSupervisor} if scheme == "cdc" else {}
    return faust.App(
        given.topic,
        broker=f"{scheme}://{given.bootstrap}",
        key_serializer="raw",
        value_serializer="raw",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        stream_buffer_maxsize=16 if scheme == "cdc" else 4096,
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=0.2,
        broker_session_timeout=6,
        broker_heartbeat_interval=1,
        broker_rebalance_timeout=10,
        broker_request_timeout=16,
        datadir=tempfile.mkdtemp(),
        **extra,
    )


def main() -> None:
    given = options()
    ledger = Ledger(given)
    timing = Timing(session_timeout=6.0, heartbeat=1.0, commit=0.2)
    place = Place(None, given.bootstrap, timing, given.out.with_suffix(".data"), given.topic)
    if given.driver == "worker":
        carry(Workshop(given.topic, ledger), Nowhere(), place)
    if given.driver == "gated":
        config = {"bootstrap.servers": given.bootstrap}
        control, outbox = Control(config, given.topic), Outbox(config | producer_config())
        gate = Gate(control, partial(write_standing, outbox), {DATASET.id: given.topic})
        reader = kafka_reader.Reader(config | kafka_reader.ALONE | {"group.id": given.topic})
        memory = remembering(reader, control, outbox, given.topic)
        carry(Workshop(given.topic, ledger, control.accepted), outbox, place, gate, memory)
    app = application(given)
    attend = _chunks if given.driver == "cdc" else _records
    attend(app, given.topic, ledger)
    faust.Worker(
        app, loglevel="ERROR", quiet=True, redirect_stdouts=False
    ).execute_from_commandline()


def _chunks(app: faust.App, topic: str, ledger: Ledger) -> None:
    @app.agent(app.topic(topic, schema=PassThrough()))
    async def carry(stream: faust.Stream) -> None:
        async for batch in stream.noack_take(4, within=0.01):
            for event in batch:
                ledger.process([(item.partition, item.offset) for item in event.value])
                settle(event)
                await stream.ack(event)


def _records(app: faust.App, topic: str, ledger: Ledger) -> None:
    """As Faust's documentation has it: the acknowledgement is Faust's business."""

    @app.agent(app.topic(topic, value_type=bytes))
    async def carry(stream: faust.Stream) -> None:
        async for event in stream.events():
            ledger.process([(event.message.partition, event.message.offset)])


if __name__ == "__main__":
    main()
