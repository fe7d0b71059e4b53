"""The stream worker: a Faust application that carries chunks through the workshop.

The order of a batch (invariant 1): judge, send, wait for every acknowledgement of the broker, then
settle the chunks, so that their offsets may be committed. A dataset that cannot be judged any more
is settled up to the record that shows it, and stops there (streams.gate). A worker that cannot go
on dies as by kill -9: it commits nothing more, and its supervisor starts it again.
"""

import logging
import os
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import faust
import mode
import structlog

from infra import heap
from infra.control import Control, Sender, write_standing
from infra.errors import Fatal, Trouble, Usage
from infra.faults import point
from infra.kafka import Outbox, client_config, producer_config
from infra.membership import claim
from infra.readiness import say_ready
from infra.settings import KafkaAccess, Settings, Timing
from schemas.catalogue import Catalogue
from schemas.codes import CodeLists
from streams.conditions import CONDITIONS
from streams.gate import Gate
from streams.judge import fault
from streams.lazy import LazyValidator
from streams.marks import Marks
from streams.rewinder import Rewinder, open_memory
from streams.structure import Stop
from streams.transport import PassThrough, is_void, missed, settle
from streams.workshop import Refined, Secrets, Workshop, open_workshop

GROUP = "streams"
"""Id of the application and of its consumer group."""

_BATCH_CHUNKS = 4
_BATCH_WAIT_S = 0.01
_SAY_EVERY_S = 1.0
_log = structlog.get_logger()


class Place(NamedTuple):
    """Where this worker stands: what it reads from, and the directory Faust may call its own."""

    kafka: KafkaAccess | None
    bootstrap: str
    timing: Timing
    data: Path
    group: str = GROUP


def run(
    settings: Settings,
    catalogue: Catalogue,
    codes: CodeLists,
    schema_ids: Mapping[str, int],
    secret: bytes,
) -> None:
    """Judge what the departments send until told to stop.

    *schema_ids* gives the registered schema of each clean and open topic, *secret* keys the hash
    that names an open row.

    Raises:
        Usage: the settings do not say where Kafka is.
        SystemExit: 0 after a clean stop by SIGTERM; 1 when Kafka stayed away too long, with
            nothing acknowledged.
    """
    if settings.kafka is None:
        message = "SUOI_KAFKA_BOOTSTRAP is not set; the stream worker needs Kafka."
        raise Usage(message)
    for name in ("faust", "mode", "aiokafka", "streams.transport"):
        logging.getLogger(name).setLevel(logging.WARNING)
    config = client_config(settings.kafka)
    control = Control(config, GROUP)
    workshop = open_workshop(
        catalogue,
        lambda dataset: LazyValidator(dataset, codes),
        CONDITIONS,
        Secrets(schema_ids, secret),
        control.accepted,
    )
    outbox = Outbox(config | producer_config(), settings.timing.patience)
    write = partial(write_standing, outbox)
    gate = Gate(control, write, workshop.datasets, workshop.storms.forget)
    data = settings.home / "data" / "streams"
    place = Place(settings.kafka, settings.kafka.bootstrap, settings.timing, data)
    memory = open_memory(settings.kafka, catalogue, control, outbox)
    carry(workshop, outbox, place, gate, memory)


def carry(
    workshop: Workshop,
    outbox: Sender,
    place: Place,
    gate: Gate | None = None,
    memory: Rewinder | None = None,
) -> None:
    """Carry chunks through *workshop* until told to stop by SIGTERM; see `run`.

    *gate* says which datasets stand still; without one, none may have to. *memory* knows what was
    judged before and sets partitions back; without one, nothing ever was.
    """
    app = application(place, workshop.topics)
    if gate is not None:
        gate.guard(app.transport.deliveries)
        app.task(_following(gate.follow))
    if memory is not None:
        app.transport.marks = memory.marks
        app.task(_following(partial(memory.follow, lambda: app.consumer)))
    Carrier(workshop, outbox, gate).attend(app)
    worker = faust.Worker(
        app,
        workdir=place.data,
        quiet=True,
        override_logging=False,
        redirect_stdouts=False,
    )
    worker.spinner = None
    heap.settle()
    worker.execute_from_commandline()


def application(place: Place, topics: Iterable[str]) -> Any:  # noqa: ANN401  Faust is untyped
    """Return the Faust application that reads *topics*, set as FACTS.md 5 found best."""
    timing = place.timing
    return faust.App(
        place.group,
        broker=f"cdc://{place.bootstrap.replace(',', ';')}",
        broker_credentials=_credentials(place.kafka),
        agent_supervisor=mode.CrashingSupervisor,
        key_serializer="raw",
        value_serializer="raw",
        table_standby_replicas=0,  # 1 brings Faust's own assignor
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_buffer_maxsize=16,  # chunks
        broker_max_poll_records=4000,
        consumer_max_fetch_size=2**20,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=claim(place.group, topics, place.data),
        broker_commit_interval=timing.commit,
        broker_session_timeout=timing.session_timeout,
        broker_heartbeat_interval=timing.heartbeat,
        broker_rebalance_timeout=max(2 * timing.session_timeout, 10.0),
        broker_request_timeout=timing.session_timeout + 10.0,
        datadir=place.data,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )


def _credentials(kafka: KafkaAccess | None) -> Any:  # noqa: ANN401
    if kafka is None:
        return None
    return faust.SASLCredentials(
        username=kafka.user,
        password=kafka.password_file.read_text().strip(),
        mechanism="SCRAM-SHA-512",
        ssl_context=ssl.create_default_context(cafile=str(kafka.ca)),
    )


class Carrier:
    """The agent: takes batches of chunks, and settles each once its output is durable."""

    def __init__(self, workshop: Workshop, outbox: Sender, gate: Gate | None = None) -> None:
        """Carry what *workshop* makes of the chunks to *outbox*; *gate* stops what must stop."""
        self._workshop = workshop
        self._outbox = outbox
        self._gate = gate
        self._app: Any = None
        self._marks: Marks | None = None
        self._said = _Said()

    def attend(self, app: Any) -> None:  # noqa: ANN401
        """Subscribe to the workshop's topics in *app*; by name, never by pattern."""
        self._app, self._marks = app, app.transport.marks
        topic = app.topic(*self._workshop.topics, schema=PassThrough())
        app.agent(topic, name="streams.carrier")(self._carry)
        app.on_partitions_assigned.connect(_joined)

    async def _carry(self, stream: Any) -> None:  # noqa: ANN401
        async for batch in stream.noack_take(_BATCH_CHUNKS, within=_BATCH_WAIT_S):
            async with _or_die():
                await self._remember(batch)
                stops = await self._move([event for event in batch if not is_void(event)])
            for event in batch:
                await stream.ack(event)  # for Faust; what is committed is what was settled
            async with _or_die():
                for stop in stops:
                    await self._stop(stop)
        if not stream.app.should_stop:
            _die("The stream ended while its application runs.")

    async def _remember(self, events: list[Any]) -> None:
        """Know what was judged before of the partitions of *events*."""
        if self._marks is not None:
            await self._marks.load([event.message.tp for event in events], self._app.consumer)

    def _refined(self, event: Any) -> Refined:  # noqa: ANN401
        gap = missed(event)
        if gap and (stop := self._workshop.missed(*gap)):
            return Refined([], Counter(), stop)  # Invariant 10: held, and said
        past = () if self._marks is None else (self._marks.past(event.message.tp),)
        return self._workshop.refine(event.value, *past)

    async def _move(self, events: list[Any]) -> list[Stop]:
        """Judge, send, wait, settle; returns where datasets stop, the first of each."""
        begun = time.perf_counter()
        counts: Counter[str] = Counter()
        stops: dict[str, Stop] = {}
        refined: list[tuple[Any, Refined]] = []
        for event in events:
            if event.message.topic in stops:
                continue
            part = self._refined(event)
            refined.append((event, part))
            counts += part.counts
            if part.stop:
                stops[part.stop.topic] = part.stop
        point("streams.before_output")
        for message in (message for _, part in refined for message in part.messages):
            self._outbox.send(*message)
        await self._outbox.settle()
        point("streams.after_output")
        for event, part in refined:
            settle(event, part.stop.offset if part.stop else None)  # Invariant 1
        self._said.add(counts, time.perf_counter() - begun)
        return list(stops.values())

    async def _stop(self, stop: Stop) -> None:
        if self._gate is None:
            message = f"{stop.dataset.id} must stop at {stop.at}, and there is no gate to stop it."
            raise Fatal(message)
        await self._gate.stop(stop)  # Invariant 10


def _following(follow: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def followed() -> None:
        async with _or_die():
            await follow()

    return followed


@asynccontextmanager
async def _or_die() -> AsyncIterator[None]:
    """Whatever goes wrong inside ends this process, with nothing more acknowledged."""
    try:
        yield
    except Trouble as trouble:
        _die(str(trouble))
    except Exception as error:  # noqa: BLE001  a fault of ours: start anew, lose nothing
        _die("The worker met a fault of its own; report where.", **fault(error))


def _joined(_app: Any, assigned: Iterable[Any], **_signal: Any) -> None:  # noqa: ANN401
    """Say that the group has us: from here on, what the departments send is judged."""
    _log.info("partitions.assigned", partitions=len(list(assigned)))
    say_ready()


class _Said:
    """One line a second at most, however many chunks went by."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._chunks = 0
        self._seconds = 0.0
        self._last = 0.0

    def add(self, counts: Mapping[str, int], seconds: float) -> None:
        self._counts.update(counts)
        self._chunks += 1
        self._seconds += seconds
        now = time.monotonic()
        if now - self._last >= _SAY_EVERY_S:
            seconds = round(self._seconds, 3)
            _log.info("chunk.judged", batches=self._chunks, seconds=seconds, **self._counts)
            self._counts.clear()
            self._chunks, self._seconds, self._last = 0, 0.0, now


def _die(sentence: str, **facts: str) -> None:
    """Leave at once, committing nothing; a stop could wait for ever for what is unsettled."""
    _log.error("worker.stopped", reason=sentence, **facts)
    logging.shutdown()
    os._exit(1)  # invariant 8: any moment is a good moment to die
