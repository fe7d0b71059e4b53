"""The Debezium configuration of a PostgreSQL source, computed from contracts alone."""

from collections.abc import Sequence

from connectors.capture import Config, shared
from connectors.place import Place
from connectors.sources import Source
from schemas.contract import Dataset

CONNECTOR_CLASS = "io.debezium.connector.postgresql.PostgresConnector"

_HEARTBEAT = (
    "INSERT INTO cdc.heartbeat(id,ts) VALUES(1,now()) ON CONFLICT(id) DO UPDATE SET ts=now()"
)


def wanted(source: Source, datasets: Sequence[Dataset], place: Place) -> Config:
    """Compute the configuration Connect should run for *source* and its *datasets*."""
    return {
        **shared(source, datasets, place),
        "connector.class": CONNECTOR_CLASS,
        "database.dbname": source.database,
        **_tls(place),
        # The default, decoderbufs, needs an extension on the department's server.
        "plugin.name": "pgoutput",
        "slot.name": source.slot,
        "publication.name": source.publication,
        # The publication is the DBA's: making it needs rights the CDC role must not have.
        "publication.autocreate.mode": "disabled",
        "snapshot.isolation.mode": "repeatable_read",
        "interval.handling.mode": "string",
        "heartbeat.action.query": _HEARTBEAT,
        **source.settings,
    }


def _tls(place: Place) -> Config:
    verified = {"database.sslrootcert": str(place.ca)} if place.ca else {}
    return {"database.sslmode": place.sslmode, **verified}
