"""The home of one stack: its secrets, certificates, data, logs, ports and state."""

import os
import secrets
import shutil
from functools import cached_property
from pathlib import Path

from infra.errors import Fatal
from infra.local.accounts import open_to
from infra.local.certificates import make_certificates
from infra.local.files import write_once, write_whole
from infra.local.ports import Ports, given_ports, read_ports
from infra.local.receipt_key import make_receipt_key
from infra.sealing import make_keys

KAFKA_USERS = (
    "broker",
    "admin",
    "connect",
    "capture",
    "streams",
    "province",
    "quarantine",
    "findings",
    "portal",
    "reader",
    "operator",
)
LEAST_FREE = 2**30
_CODE = Path(__file__).resolve().parents[2]
_ELSEWHERE = Path("/var/lib/suoi")


class Home:
    """Where one stack lives. Making the value touches nothing; `make` creates what is missing.

    Layout: secrets/ (0700, each file 0600), tls/, data/, logs/, run/, ports.json, env.json (0600).
    """

    def __init__(self, root: Path) -> None:
        """Name the home at *root* (made absolute)."""
        self.root = root.absolute()
        self.secrets = self.root / "secrets"
        self.connect_secrets = self.secrets / "connect"
        self.tls = self.root / "tls"
        self.data = self.root / "data"
        self.logs = self.root / "logs"
        self.run = self.root / "run"
        self.state_file = self.run / "state.json"

    def exists(self) -> bool:
        """Say whether a stack was ever made here."""
        return self.run.is_dir()

    def refuse_absent(self) -> None:
        """Refuse to go on where no stack was ever made, so that nothing half made is left there.

        Raises:
            Fatal: there is no stack here.
        """
        if not self.exists():
            message = (
                f"there is no stack in {self.root}; start one with `suoi up`, or name it with "
                "--home."
            )
            raise Fatal(message)

    def make(self) -> None:
        """Create directories, ports and certificates that are missing.

        Raises:
            Usage: a port that the environment gives is none.
            Fatal: the place cannot be written, or its disk is almost full.
        """
        given_ports()
        try:
            # root's servers run as users of their own, who must pass through to their data
            for path in (self.root, self.data):
                path.mkdir(parents=True, exist_ok=True)
                path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for path in (self.secrets, self.connect_secrets, self.tls, self.logs, self.run):
                path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            message = (
                f"cannot write {self.root}: {error.strerror}. "
                "Give another place with --home, or correct its rights."
            )
            raise Fatal(message) from error
        self._refuse_full_disk()
        _ = self.ports
        make_certificates(self.tls)
        make_receipt_key(self.receipt_secret, self.receipt_key)
        make_keys(self.quarantine_keys)

    @cached_property
    def ports(self) -> Ports:
        """The ports of this stack, chosen at the first question."""
        return read_ports(self.root / "ports.json")

    @property
    def ca(self) -> Path:
        """Certificate of the authority that signed the broker's."""
        return self.tls / "ca.pem"

    @property
    def receipt_secret(self) -> Path:
        """The private key that signs receipts (mode 0600)."""
        return self.secrets / "receipt_ed25519.pem"

    @property
    def receipt_key(self) -> Path:
        """Its public half, which anybody may have."""
        return self.tls / "receipts.pem"

    @property
    def quarantine_keys(self) -> Path:
        """The keys that seal the payloads of refused records (mode 0600)."""
        return self.secrets / "quarantine_keys"

    def secret_file(self, name: str) -> Path:
        """Return the file (mode 0600) of the secret *name*, made once, at the first question."""
        path = self.secrets / name
        if not path.exists():
            write_once(path, secrets.token_urlsafe(24))
        return path

    def secret(self, name: str) -> str:
        """Return the secret *name*."""
        return self.secret_file(name).read_text().strip()

    def connect_secret(self, source: str) -> Path:
        """Return the properties file (key `password`) that Connect reads for *source*.

        A connector's configuration holds only `${file:<this path>:password}`.
        """
        path = self.connect_secrets / f"{source}.properties"
        if not path.exists():
            write_once(path, f"password={self.secret(f'cdc_{source}')}\n")
        return path

    def connect_gate(self, source: str) -> Path:
        """Return the properties file (key `sql`) that the connector of *source* runs first.

        The watch keeps it; until it has looked, nothing is asked of the server.
        """
        path = self.connect_secrets / f"{source}.gate.properties"
        if not path.exists():
            write_once(path, "sql=SELECT 1\n")
        return path

    def connect_kafka_secret(self) -> Path:
        """Return the properties file (`user`, `password`, `jaas`) of Debezium's Kafka clients."""
        path = self.connect_secrets / "kafka.properties"
        if not path.exists():
            password = self.secret("kafka_connect")
            write_once(
                path, f"user=connect\npassword={password}\njaas={jaas('connect', password)}\n"
            )
        return path

    def server_data(self, name: str, user: str) -> Path:
        """Return the directory in which the server *name* may make its data directory.

        Started by root, PostgreSQL and MariaDB run as *user*. Where that user cannot pass through
        to this home (a clone in /root), their data is kept below /var/lib/suoi, and
        `data/elsewhere` says where.
        """
        if os.geteuid() != 0 or open_to(self.data, user):
            return self.data / name
        return self._elsewhere() / name

    def _elsewhere(self) -> Path:
        pointer = self.data / "elsewhere"
        if not pointer.exists():
            _ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
            _prune()
            place = _ELSEWHERE / secrets.token_hex(6)
            place.mkdir(mode=0o711)
            write_whole(place / "home", str(self.root))
            write_whole(pointer, str(place))
        return Path(pointer.read_text())

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < LEAST_FREE:
            message = (
                f"only {free // 2**20} MB are free where {self.root} lies; "
                "the stack needs 1 GB. Free some space."
            )
            raise Fatal(message)


def jaas(user: str, password: str) -> str:
    """Return the login line of a Java Kafka client."""
    return (
        "org.apache.kafka.common.security.scram.ScramLoginModule required "
        f'username="{user}" password="{password}";'
    )


def java_artefacts() -> Path:
    """Return the directory of jars that `make setup` filled (SUOI_JAVA_DIR names another).

    Raises:
        Fatal: it is not there.
    """
    path = Path(os.environ.get("SUOI_JAVA_DIR", _CODE / ".build" / "java"))
    if not (path / "broker").is_dir():
        message = f"the Java artefacts are not in {path}; run `make setup`."
        raise Fatal(message)
    return path


def _prune() -> None:
    """Remove data whose home no longer points to it: no password for it exists any more."""
    for place in _ELSEWHERE.iterdir():
        try:
            pointer = Path((place / "home").read_text()) / "data" / "elsewhere"
            kept = pointer.exists() and pointer.read_text() == str(place)
        except OSError:
            continue  # another home is being made at this moment
        if not kept:
            shutil.rmtree(place, ignore_errors=True)
