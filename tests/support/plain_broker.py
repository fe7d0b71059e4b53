"""A plain one-node Kafka for the driver's tests: no TLS, no users, gone when the test is."""

import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

JARS = Path(__file__).parents[2] / ".build" / "java" / "broker"
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
auto.create.topics.enable=false
log.dirs={directory}/kafka
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


@contextlib.contextmanager
def plain_broker(directory: Path, *flags: str) -> Iterator[str]:
    """Run a broker in *directory*, Java with *flags* too; yields its address."""
    port, controller = _free_ports(2)
    properties = directory / "server.properties"
    properties.write_text(_PROPERTIES.format(port=port, controller=controller, directory=directory))
    java = [shutil.which("java") or "java", "-Xmx512m", "-cp", f"{JARS}/*"]
    storage = [*java, "kafka.tools.StorageTool", "format", "-c", str(properties), "--standalone"]
    subprocess.run([*storage, "-t", _cluster_id()], check=True, capture_output=True)
    with (directory / "broker.log").open("wb") as log:
        broker = subprocess.Popen(
            [java[0], *flags, *java[1:], "kafka.Kafka", str(properties)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await_ready(f"127.0.0.1:{port}")
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(broker.pid, signal.SIGKILL)
        broker.wait()


def make_topic(bootstrap: str, topic: str, partitions: int) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
        future.result(20)


def _cluster_id() -> str:
    """16 random bytes as Kafka writes them; never with a leading dash, which its tool refuses."""
    return "S" + base64.urlsafe_b64encode(uuid4().bytes).decode()[1:22]


def _await_ready(bootstrap: str) -> None:
    """Wait until it answers, also for the offsets of a group."""
    deadline = time.monotonic() + 60
    asking = Consumer({"bootstrap.servers": bootstrap, "group.id": "ready", "log_level": 0})
    with contextlib.closing(asking):
        while time.monotonic() < deadline:
            with contextlib.suppress(KafkaException):
                asking.committed([TopicPartition("ready", 0)], 1)
                return
    message = f"the broker at {bootstrap} was not ready within 60 s"
    raise TimeoutError(message)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
