"""Where a source and our Kafka are, as Kafka Connect sees them: addresses, references to secrets.

A reference `${file:PATH:KEY}` is resolved by Connect's file provider on its own machine; the secret
itself never passes through us, and GET of a configuration shows only the reference (FACTS 3).
"""

from dataclasses import dataclass
from pathlib import Path

PASSWORD_KEY = "password"  # noqa: S105  the name of a key in a file
JAAS_KEY = "jaas"
GATE_KEY = "sql"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One installation's answer to "where?" for one source."""

    host: str
    port: int
    password_file: Path
    """Properties file on Connect's machine: `password=…` of the source's CDC role."""
    sslmode: str = "verify-full"
    ca: Path | None = None
    """Certificate authority of the source's server; None where *sslmode* needs none."""
    kafka_bootstrap: str
    kafka_ca: Path
    kafka_jaas_file: Path
    """Properties file on Connect's machine: `jaas=…` of who keeps MariaDB's schema history."""
    gate_file: Path
    """Properties file on Connect's machine: `sql=…`, what each connection must pass first."""
    heartbeat_ms: int | None = None
    """In place of the source's own, where a test wants its heart to beat faster."""

    @property
    def password(self) -> str:
        """The reference Connect resolves to the CDC role's password."""
        return reference(self.password_file, PASSWORD_KEY)

    @property
    def gate(self) -> str:
        """The reference that Connect resolves, at each start of the task, to what the gate asks."""
        return reference(self.gate_file, GATE_KEY)

    @property
    def kafka_jaas(self) -> str:
        """The reference Connect resolves to the JAAS line of its Kafka principal."""
        return reference(self.kafka_jaas_file, JAAS_KEY)


def reference(path: Path, key: str) -> str:
    """Name a value in a properties file, for Connect's file provider to fill in."""
    return f"${{file:{path}:{key}}}"
