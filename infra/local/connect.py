"""The Kafka Connect worker with Debezium: basic auth, secrets from files (FACTS 3)."""

import base64
import os
import urllib.request

from infra.local.access import CONNECT_USER, connect_url
from infra.local.component import Component
from infra.local.files import write_whole
from infra.local.home import Home, jaas, java_artefacts
from infra.local.java import STOP_S, class_archive, java_command, log_flag, write_log_settings
from infra.local.jmx import metrics_agent
from infra.local.ports import LOOPBACK
from infra.settings import read_number

_PACKAGE = "org.apache.kafka.connect.rest.basic.auth.extension"
# Away from Kafka for longer than its session, the worker is given its connectors back after the
# scheduled delay: 5 minutes by default, in which nothing at all is captured. With one worker no
# other could come back meanwhile, for whom the delay is meant.
_FIXED = f"""\
group.id=connect
scheduled.rebalance.max.delay.ms=0
plugin.discovery=service_load
config.storage.topic=_connect-configs
offset.storage.topic=_connect-offsets
status.storage.topic=_connect-status
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=1
status.storage.partitions=1
key.converter=org.apache.kafka.connect.json.JsonConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
key.converter.schemas.enable=false
value.converter.schemas.enable=false
key.converter.replace.null.with.default=false
value.converter.replace.null.with.default=false
topic.creation.enable=false
connector.client.config.override.policy=None
rest.extension.classes={_PACKAGE}.BasicAuthSecurityRestExtension
producer.max.request.size=16777216
producer.linger.ms=5
producer.batch.size=262144
producer.compression.type=lz4
producer.enable.idempotence=true
config.providers=file
config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
"""


def worker(home: Home) -> Component:
    """Return the Connect worker; it needs the broker with its users, topics and permissions."""
    settings, logs = home.run / "connect.properties", home.run / "connect.log4j2.properties"
    login, users = home.run / "connect.jaas", home.run / "connect.users"

    def make() -> None:
        home.connect_kafka_secret()
        write_whole(settings, worker_settings(home))
        module = f'{_PACKAGE}.PropertyFileLoginModule required file="{users}"'
        write_whole(login, f"KafkaConnect {{ {module}; }};\n")
        write_whole(users, f"{CONNECT_USER}: {home.secret('connect_rest')}\n")
        write_log_settings(logs)

    jars = f"{java_artefacts() / 'connect'}/*"
    flags = (
        *class_archive(home, "connect", jars, watched=True),
        *metrics_agent("connect", home.ports.connect_metrics),
        log_flag(logs),
        f"-Djava.security.auth.login.config={login}",
    )
    main = "org.apache.kafka.connect.cli.ConnectDistributed"
    return Component(
        name="connect",
        command=java_command(768, *flags, "-cp", jars, main, str(settings)),
        port=home.ports.connect,
        needs=("prepare_kafka",),
        make=make,
        stop_s=STOP_S,
        probe=lambda: _ask(home),
    )


def _ask(home: Home) -> None:
    ask(home, "/connectors")


def ask(home: Home, path: str) -> bytes:
    """Return what Connect answers at *path*.

    Raises:
        OSError: it does not answer, or refuses.
    """
    request = urllib.request.Request(connect_url(home) + path)  # noqa: S310  our own address
    word = base64.b64encode(f"{CONNECT_USER}:{home.secret('connect_rest')}".encode()).decode()
    request.add_header("Authorization", f"Basic {word}")
    with urllib.request.urlopen(request, timeout=3) as answer:  # noqa: S310  as above
        found: bytes = answer.read()
    return found


def worker_settings(home: Home) -> str:
    """Return the worker's file; it holds a password, so it is kept with mode 0600.

    SUOI_CONNECT_OFFSET_FLUSH_MS shortens the wait between two commits of source offsets.
    """
    flush = int(read_number(os.environ, "SUOI_CONNECT_OFFSET_FLUSH_MS", 1000))
    lines = [
        f"bootstrap.servers={LOOPBACK}:{home.ports.kafka}",
        f"listeners={connect_url(home)}",
        f"plugin.path={java_artefacts() / 'plugins'}",
        f"offset.flush.interval.ms={flush}",
        f"config.providers.file.param.allowed.paths={home.connect_secrets}",
    ]
    login = (
        "security.protocol=SASL_SSL",
        "sasl.mechanism=SCRAM-SHA-512",
        f"sasl.jaas.config={jaas('connect', home.secret('kafka_connect'))}",
        "ssl.truststore.type=PEM",
        f"ssl.truststore.location={home.ca}",
    )
    # Connect's own clients inherit nothing from the bare lines
    lines += [
        prefix + line for prefix in ("", "producer.", "consumer.", "admin.") for line in login
    ]
    return _FIXED + "\n".join(lines) + "\n"
