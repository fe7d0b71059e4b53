"""The stream worker: a Faust application that carries chunks through the workshop.

What it does with a chunk is the Carrier's matter (streams.carrier). A worker that cannot go on dies
as by kill -9: it commits nothing more, and its supervisor starts it again.
"""

import logging
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import faust
import mode

from infra import heap, turns
from infra.control import Control, Sender, write_standing
from infra.errors import Usage
from infra.kafka import Outbox, client_config, producer_config
from infra.membership import claim
from infra.settings import KafkaAccess, Settings, Timing
from schemas.catalogue import Catalogue
from schemas.codes import CodeLists
from streams.carrier import Carrier
from streams.conditions import CONDITIONS
from streams.ending import or_die
from streams.gate import Gate
from streams.lazy import LazyValidator
from streams.rewinder import Rewinder, open_memory
from streams.workshop import Secrets, Workshop, open_workshop

GROUP = "streams"
"""Id of the application and of its consumer group."""

_YOUNG = 250_000
"""The chunks that wait, are judged and are under way hold about 120,000 containers, none of them
garbage: looking through them cost 3 of 80 µs a record."""


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
    heap.settle(_YOUNG)
    turns.take_short()
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


def _following(follow: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def followed() -> None:
        async with or_die():
            await follow()

    return followed
