"""The Debezium configuration of a MariaDB source, computed from contracts alone."""

from collections.abc import Sequence

from connectors.capture import Config, shared
from connectors.place import Place
from connectors.sources import Source
from schemas import topics
from schemas.contract import Dataset

CONNECTOR_CLASS = "io.debezium.connector.mariadb.MariaDbConnector"

HOUSE_DATABASE = "cdc"
_HEARTBEAT = "INSERT INTO cdc.heartbeat(id,ts) VALUES(1,now(6)) ON DUPLICATE KEY UPDATE ts=now(6)"
_HISTORY = "schema.history.internal"
# PostgreSQL's words for the same choice; MariaDB's driver has its own.
_SSL_MODES = {
    "disable": "disable",
    "require": "trust",
    "verify-ca": "verify-ca",
    "verify-full": "verify-full",
}


def wanted(source: Source, datasets: Sequence[Dataset], place: Place) -> Config:
    """Compute the configuration Connect should run for *source* and its *datasets*."""
    return {
        **shared(source, datasets, place),
        "connector.class": CONNECTOR_CLASS,
        "database.server.id": str(source.server_id),
        "database.include.list": f"{source.database},{HOUSE_DATABASE}",
        "database.ssl.mode": _SSL_MODES.get(place.sslmode, place.sslmode),
        "heartbeat.action.query": _HEARTBEAT,
        # DDL belongs to the contract's history, not to raw.*; the connector's own history is below.
        "include.schema.changes": "false",
        # An idle MariaDB sends nothing for 48 s by default, and the connector beats its heart, and
        # notices a vanished server, only when something arrives (measured).
        "connect.keep.alive.interval.ms": str((place.heartbeat_ms or source.heartbeat_ms) * 5 // 4),
        "inconsistent.schema.handling.mode": "fail",
        **_history(source, place),
        **source.settings,
    }


def _history(source: Source, place: Place) -> Config:
    """Where the connector keeps the DDL it has seen, and how its own Kafka clients log in."""
    return {
        f"{_HISTORY}.kafka.topic": topics.history(source.id),
        f"{_HISTORY}.kafka.bootstrap.servers": place.kafka_bootstrap,
        **_client("producer", place),
        **_client("consumer", place),
    }


def _client(role: str, place: Place) -> Config:
    prefix = f"{_HISTORY}.{role}"
    return {
        f"{prefix}.security.protocol": "SASL_SSL",
        f"{prefix}.sasl.mechanism": "SCRAM-SHA-512",
        f"{prefix}.sasl.jaas.config": place.kafka_jaas,
        f"{prefix}.ssl.truststore.type": "PEM",
        f"{prefix}.ssl.truststore.location": str(place.kafka_ca),
    }
