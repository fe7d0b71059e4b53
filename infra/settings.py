"""Settings of one process: read once from the environment into a frozen value, passed by hand.

PostgreSQL uses its own standard names (PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSFILE), read by
libpq. Passwords are never in the environment, only the names of the files (mode 0600) that hold
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class KafkaAccess:
    """How to reach Kafka as one principal."""

    bootstrap: str
    user: str
    password_file: Path
    ca: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisAccess:
    """How to reach Redis as one ACL user."""

    host: str
    port: int
    user: str
    password_file: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleAccess:
    """Where the operators' console listens, and how long it trusts a browser."""

    host: str = "127.0.0.1"
    port: int = 8090
    idle_s: float = 1800.0
    """A session that nobody uses for so long ends."""
    sample_s: float = 1.0
    """How often the quickest part of the stack is asked."""
    secure: bool = False
    """Whether browsers reach it through TLS only (a proxy in front): strict cookies and HSTS."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    """The names it answers to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Every wait is a setting, in seconds; tests run with shorter ones (DESIGN.md 10)."""

    session_timeout: float = 30.0
    heartbeat: float = 3.0
    commit: float = 1.0
    patience: float = 300.0
    """How long a transient fault is waited out before the process exits without committing."""
    flush: float = 0.005
    """How long a sink lingers for a fuller batch."""
    file: float = 0.2
    """The same of the quarantine's: people read its items, and a flush costs much for each."""
    close_items: float = 2.0
    """How often quarantine items are compared with the stored order keys."""
    watch: float = 2.0
    """How often each source is looked at: whether it still continues what it has shown."""
    sample: float = 5.0
    """How often the sentinel measures the lag of every hop."""
    standstill: float = 60.0
    """How long a worker may stand still while records wait, before it is restarted."""
    judge: float = 30.0
    """How often the book of obligations is looked at for duties that wait."""
    metrics: float = 15.0
    """How often what /metrics shows is measured; what costs more is measured at a multiple."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From where on a guard of a running source warns, and from where on it is critical."""

    slot_warn: float = 0.25
    slot_critical: float = 0.40
    """Share of what the source keeps for us (`max_slot_wal_keep_size`, the binlog's expiry): an
    alarm comes long before half of it is used."""
    uncapped_bytes: int = 10 * 2**30
    """Stands for that size where the source keeps without limit: its disk is the limit then."""
    transaction_warn_s: float = 900.0
    transaction_critical_s: float = 3600.0
    heartbeat_warn_s: float = 60.0
    heartbeat_critical_s: float = 120.0
    """From here on a delay has a technical cause (DOMAIN.md 11)."""
    skew_warn_s: float = 5.0
    skew_critical_s: float = 60.0
    task_restarts: int = 3
    """How often a failed task is started again within ten minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All a worker of ours may need; parts it does not use are None."""

    home: Path
    kafka: KafkaAccess | None
    redis: RedisAccess | None
    registry_url: str | None
    open_key_file: Path | None
    """Secret of the keyed hash that names an open row (DESIGN.md 2, Topics)."""
    quarantine_keys: Path | None
    """Keys that seal the payloads of refused records (infra.sealing)."""
    portal_host: str
    portal_port: int
    metrics_host: str
    metrics_port: int
    console: ConsoleAccess
    contracts: Path | None
    """A directory of contracts in place of the product's own; tests use it."""
    cccd_places: tuple[str, ...]
    """Prefixes of personal numbers added to the known places by a test profile (DOMAIN.md 3)."""
    timing: Timing
    limits: Limits = Limits()


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings of this process from *environ*.

    Raises:
        Usage: a value is not a number, or no directory, where one is needed.
    """
    return Settings(
        home=Path(environ.get("SUOI_HOME", ".suoi")).absolute(),
        kafka=_kafka(environ),
        redis=_redis(environ),
        registry_url=environ.get("SUOI_REGISTRY_URL"),
        open_key_file=_path(environ, "SUOI_OPEN_KEY_FILE"),
        quarantine_keys=_path(environ, "SUOI_QUARANTINE_KEY_FILE"),
        portal_host=environ.get("SUOI_PORTAL_HOST", "127.0.0.1"),
        portal_port=int(read_number(environ, "SUOI_PORTAL_PORT", 8088)),
        metrics_host=environ.get("SUOI_METRICS_HOST", "127.0.0.1"),
        metrics_port=int(read_number(environ, "SUOI_METRICS_PORT", 9464)),
        console=_console(environ),
        contracts=_directory(environ, "SUOI_CONTRACTS"),
        cccd_places=tuple(environ.get("SUOI_CCCD_PLACES", "").split()),
        timing=_timing(environ),
        limits=_limits(environ),
    )


def _kafka(environ: Mapping[str, str]) -> KafkaAccess | None:
    if "SUOI_KAFKA_BOOTSTRAP" not in environ:
        return None
    return KafkaAccess(
        bootstrap=environ["SUOI_KAFKA_BOOTSTRAP"],
        user=environ["SUOI_KAFKA_USER"],
        password_file=Path(environ["SUOI_KAFKA_PASSWORD_FILE"]),
        ca=Path(environ["SUOI_KAFKA_CA"]),
    )


def _redis(environ: Mapping[str, str]) -> RedisAccess | None:
    if "SUOI_REDIS_PORT" not in environ:
        return None
    return RedisAccess(
        host=environ.get("SUOI_REDIS_HOST", "127.0.0.1"),
        port=int(read_number(environ, "SUOI_REDIS_PORT", 6379)),
        user=environ["SUOI_REDIS_USER"],
        password_file=Path(environ["SUOI_REDIS_PASSWORD_FILE"]),
    )


def _console(environ: Mapping[str, str]) -> ConsoleAccess:
    default = ConsoleAccess()
    hosts = tuple(environ.get("SUOI_CONSOLE_HOSTS", "").split())
    return ConsoleAccess(
        host=environ.get("SUOI_CONSOLE_HOST", default.host),
        port=int(read_number(environ, "SUOI_CONSOLE_PORT", default.port)),
        idle_s=read_number(environ, "SUOI_CONSOLE_IDLE_S", default.idle_s),
        sample_s=read_number(environ, "SUOI_CONSOLE_SAMPLE_S", default.sample_s),
        secure=environ.get("SUOI_CONSOLE_TLS") == "1",
        hosts=hosts or default.hosts,
    )


def _timing(environ: Mapping[str, str]) -> Timing:
    default = Timing()
    return Timing(
        session_timeout=read_number(environ, "SUOI_SESSION_TIMEOUT_S", default.session_timeout),
        heartbeat=read_number(environ, "SUOI_HEARTBEAT_S", default.heartbeat),
        commit=read_number(environ, "SUOI_COMMIT_S", default.commit),
        patience=read_number(environ, "SUOI_PATIENCE_S", default.patience),
        flush=read_number(environ, "SUOI_FLUSH_S", default.flush),
        file=read_number(environ, "SUOI_FILE_S", default.file),
        close_items=read_number(environ, "SUOI_CLOSE_ITEMS_S", default.close_items),
        watch=read_number(environ, "SUOI_WATCH_S", default.watch),
        sample=read_number(environ, "SUOI_SAMPLE_S", default.sample),
        standstill=read_number(environ, "SUOI_STANDSTILL_S", default.standstill),
        judge=read_number(environ, "SUOI_JUDGE_S", default.judge),
        metrics=read_number(environ, "SUOI_METRICS_S", default.metrics),
    )


def _limits(environ: Mapping[str, str]) -> Limits:
    default = Limits()
    return Limits(
        slot_warn=read_number(environ, "SUOI_SLOT_WARN", default.slot_warn),
        slot_critical=read_number(environ, "SUOI_SLOT_CRITICAL", default.slot_critical),
        heartbeat_warn_s=read_number(environ, "SUOI_HEARTBEAT_WARN_S", default.heartbeat_warn_s),
        heartbeat_critical_s=read_number(
            environ, "SUOI_HEARTBEAT_CRITICAL_S", default.heartbeat_critical_s
        ),
        transaction_warn_s=read_number(
            environ, "SUOI_TRANSACTION_WARN_S", default.transaction_warn_s
        ),
        task_restarts=int(read_number(environ, "SUOI_TASK_RESTARTS", default.task_restarts)),
    )


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None


def _directory(environ: Mapping[str, str], name: str) -> Path | None:
    path = _path(environ, name)
    if path is not None and not path.is_dir():
        message = f"{name} names {path}, which is no directory; correct it in the environment."
        raise Usage(message)
    return path


def read_number(environ: Mapping[str, str], name: str, default: float) -> float:
    """Read the number *name*; *default* where it is not set.

    Raises:
        Usage: it is no number.
    """
    text = environ.get(name)
    if text is None:
        return default
    try:
        return float(text)
    except ValueError:
        message = f"{name} must be a number, not {text!r}; correct it in the environment."
        raise Usage(message) from None
