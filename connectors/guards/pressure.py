"""How hard a running source presses: what an engine reads, and what the guards judge (alarms)."""

from dataclasses import dataclass, field

from schemas.contract import Dataset


@dataclass(frozen=True, kw_only=True, slots=True)
class Pressure:
    """One reading of a source; None = it cannot tell, or tells it only to others."""

    source_s: float
    """The source's clock, epoch seconds, read between two readings of ours."""
    heartbeat_age_s: float | None
    """Age of the connector's last heartbeat row, by the source's own clock."""
    writers: tuple[str, ...] | None = None
    """Ids of the transactions that have written and are still open."""
    transaction_s: float | None = None
    """Age of the oldest open transaction, where the server tells it."""
    place: str = ""
    """Our place in its log, by name: the slot, the binlog."""
    has_place: bool = True
    lost: bool = False
    """The server has removed log that we had not read."""
    ahead: bool = False
    """Our place is beyond what Connect has stored (FACTS 4, trap 4)."""
    slot: bool | None = None
    """Our slot is there; None = the engine has none."""
    active: bool | None = None
    """Somebody reads from our slot."""
    status: str = ""
    """wal_status: reserved, extended, unreserved, lost."""
    kept_bytes: int | None = None
    """Log the source keeps for us."""
    cap_bytes: int | None = None
    """How much it would keep at most; None = without limit."""
    behind_s: float | None = None
    """How old what we read last is, where the log is kept by time."""
    keep_s: float | None = None
    """How long the log is kept; None = without limit, or kept by size."""
    unpublished: tuple[tuple[Dataset, str], ...] = field(default_factory=tuple)
    """Datasets whose table is outside the publication."""
