"""The broker of the local stack: one KRaft node, TLS, SCRAM, deny by default (FACTS 2)."""

import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka.admin import AdminClient

from infra.errors import Transient
from infra.local.access import kafka_client
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home, jaas, java_artefacts
from infra.local.java import STOP_S, class_archive, java_command, log_flag, write_log_settings
from infra.local.jmx import metrics_agent
from infra.local.making import run_maker
from infra.local.ports import LOOPBACK, is_free

_FIXED = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:SSL
inter.broker.listener.name=SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
ssl.keystore.type=PEM
ssl.truststore.type=PEM
listener.name.controller.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:CN=broker;User:admin
allow.everyone.if.no.acl.found=false
"""


def broker(home: Home) -> Component:
    """Return the broker; its users `broker` and `admin` are there from the first start on."""
    settings, logs = home.run / "kafka.properties", home.run / "kafka.log4j2.properties"
    jars = f"{java_artefacts() / 'broker'}/*"

    def make() -> None:
        write_whole(settings, broker_settings(home))
        write_log_settings(logs)
        # meta.properties is the last thing a formatting writes
        if not (home.data / "kafka" / "meta.properties").exists():
            _format(home, jars, settings)

    told = metrics_agent("kafka", home.ports.kafka_metrics)
    flags = (*class_archive(home, "kafka", jars, watched=True), *told, log_flag(logs))
    return Component(
        name="kafka",
        command=java_command(512, *flags, "-cp", jars, "kafka.Kafka", str(settings)),
        port=home.ports.kafka,
        make=make,
        stop_s=STOP_S,
        probe=lambda: _ask(home),
    )


def broker_settings(home: Home) -> str:
    """Return server.properties; it holds the broker's password, so its file has mode 0600."""
    ports = home.ports
    listener, controller = f"{LOOPBACK}:{ports.kafka}", f"{LOOPBACK}:{ports.controller}"
    login = jaas("broker", home.secret("kafka_broker"))
    lines = (
        f"log.dirs={home.data / 'kafka'}",
        f"controller.quorum.bootstrap.servers={controller}",
        f"listeners=SASL_SSL://{listener},CONTROLLER://{controller}",
        f"advertised.listeners=SASL_SSL://{listener}",
        f"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={login}",
        f"ssl.keystore.location={home.tls / 'broker.pem'}",
        f"ssl.truststore.location={home.ca}",
    )
    return _FIXED + "\n".join(lines) + "\n"


def _format(home: Home, jars: str, settings: Path) -> None:
    """Format the storage. The tool wants passwords as arguments: Java reads them from a file."""
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    users = ("broker", "admin")
    scram = [
        f"SCRAM-SHA-512=[name={user},password={home.secret(f'kafka_{user}')}]" for user in users
    ]
    words = ["-cp", jars, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings)]
    words += ["--standalone", "--ignore-formatted", *(f"--add-scram={item}" for item in scram)]
    arguments = home.run / "kafka.format"
    write_whole(arguments, "".join(f'"{word}"\n' for word in words))
    try:
        run_maker(java_command(256, f"@{arguments}"), home.run)
    finally:
        arguments.unlink()


def _ask(home: Home) -> None:
    if is_free(home.ports.kafka):  # a client that meets a closed port fills the log with it
        message = "the broker does not listen yet"
        raise Transient(message)
    admin = AdminClient({**kafka_client(home, "admin"), "log_level": 2})
    admin.list_topics(timeout=3)
