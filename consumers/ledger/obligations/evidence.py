"""What was known when a duty was judged: facts as values, gathered elsewhere, never a row.

Unknown is None, and unknown proves nothing: a cause matches only what is known (invariant 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

HEARTBEAT_S = 120.0
"""A heartbeat older than this is a fault of ours (DOMAIN.md 11, cause 2)."""
BACKLOG_MIN = 15.0
"""Lag that grows for longer than this, at full throughput, is volume (cause 3)."""
_SHOWN = 12
"""How many (field, reason) pairs are stored with a verdict, the most frequent first."""


class Reason(NamedTuple):
    """How often one problem of one field refused a row; names only (invariant 6)."""

    field: str
    code: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """Rows of one window and scope that were decided; loads (op `r`) are not among them."""

    clean: int = 0
    """Applied or superseded."""
    refused: int = 0
    """Refused, and neither corrected nor replayed by the moment that is asked for."""
    lacking: int = 0
    """Those of the refused that lack something: field.missing*, rule.all_or_nothing."""
    reasons: tuple[Reason, ...] = ()

    @property
    def events(self) -> int:
        """Changes of the window."""
        return self.clean + self.refused

    @property
    def share(self) -> Decimal:
        """Share of the events that are clean; 0 where there is none."""
        return Decimal(self.clean) / self.events if self.events else Decimal(0)

    def facts(self) -> dict[str, Any]:
        """Return it as it is stored."""
        most = sorted(self.reasons, key=lambda one: (-one.rows, one.field, one.code))[:_SHOWN]
        return {
            "events": self.events,
            "clean": self.clean,
            "refused": self.refused,
            "lacking": self.lacking,
            "reasons": [one._asdict() for one in most],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """The way from the unit to us: what is alive, and since when it was heard."""

    connector: str | None = None
    """RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED, ABSENT; None = not asked, or no answer."""
    heartbeat_age_s: float | None = None
    broken: str = ""
    """What a guard of the source says: slot lost, restored, ran ahead; empty = nothing."""
    unreachable: tuple[str, ...] = ()
    """Parts of ours that did not answer: kafka, connect."""
    stuck: tuple[str, ...] = ()
    """Workers whose position stands still while something waits for them."""
    link: str = ""
    """Code of the chain's first broken link, by `suoi why`, where that is a fault of ours."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What proves it: figures and names, no value of a row (invariant 6)."""
    way_in: bool = True
    """There is a way in for its source; False: files and messages that nothing receives yet."""

    def faults(self) -> dict[str, Any]:
        """Return what of it is a fault of ours, by name; empty where all is alive or unknown."""
        found: dict[str, Any] = {} if self.way_in else {"way_in": False}
        if self.connector not in {None, "RUNNING"}:
            found["connector"] = self.connector
        if self.heartbeat_age_s is not None and self.heartbeat_age_s > HEARTBEAT_S:
            found["heartbeat_age_s"] = round(self.heartbeat_age_s)
        if self.link and self.shown:
            found["shown"] = dict(self.shown)
        for name in ("link", "broken", "unreachable", "stuck"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The first load and what waits behind it."""

    whole: bool | None = None
    done: int | None = None
    total: int | None = None
    """Rows the source is believed to have."""
    growing_min: float | None = None
    """For how long lag has grown at full throughput; None = unknown or not at full throughput."""
    rate: float | None = None
    """Rows a second."""

    @property
    def volume(self) -> bool:
        """Whether the load is unfinished, or the backlog grows although all work."""
        return self.whole is False or (self.growing_min or 0.0) >= BACKLOG_MIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Structure:
    """Whether the source still has the shape that was agreed on."""

    held: str = ""
    """Code of the cause for which the dataset is paused (schemas.control); empty = it runs."""
    gated: bool = False
    """It is the schema gate that paused it."""
    columns: tuple[str, ...] = ()
    """Mandatory columns that vanished, or on which centre, contract and source differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attested:
    """Whether somebody has said, for this very day, that nothing happened."""

    at: datetime | None = None
    """The moment of the newest one that holds; None = there is none."""
    way: str = ""
    """register (the unit's own table) or paper (signed with `suoi obligations attest`)."""

    def by(self, moment: datetime) -> bool:
        """Say whether it was said by *moment*."""
        return self.at is not None and self.at <= moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that one duty is judged by."""

    complete_through: datetime | None = None
    """The watermark; None = not proved."""
    arrived: Arrived = field(default_factory=Arrived)
    """In the window, as it stood at the cut-off."""
    by_now: Arrived = field(default_factory=Arrived)
    """From the window's beginning until now, at most until the breach."""
    unassigned: int = 0
    """Rows of the dataset in the window whose commune could not be resolved: the owner's."""
    last_event: datetime | None = None
    """The cut-off of the last day that had an event of this scope."""
    attested: Attested = field(default_factory=Attested)
    exemption: int | None = None
    """Number of the signed paper that exempts it."""
    exchanged: bool | None = None
    """Of a ministry's own system: an exchange has succeeded."""
    channel: Channel = field(default_factory=Channel)
    load: Load = field(default_factory=Load)
    structure: Structure = field(default_factory=Structure)

    def passed(self, moment: datetime) -> bool:
        """Say whether every commit up to *moment* is known to be captured and decided."""
        return self.complete_through is not None and self.complete_through >= moment
