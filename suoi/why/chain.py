"""The chain of one dataset as values: what was gathered of it, and the answer that is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.loads import Load
from connectors.status import Status
from infra.lag.sample import Hop, Sample
from schemas.access import Grant
from schemas.contract import Dataset
from schemas.control import Standing
from schemas.vitals import Seen


class Link(StrEnum):
    """The links of the chain, in the order of a change."""

    SOURCE = "source"
    SLOT = "slot"
    CONNECTOR = "connector"
    TOPIC = "topic"
    STREAMS = "streams"
    SINK = "sink"
    CACHE = "cache"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One process of the local stack."""

    state: str
    frozen: bool = False
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """All that is known of one dataset's chain at one moment; what could not be asked is absent."""

    dataset: Dataset
    runs: bool = True
    """Whether the stack runs at all."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)
    """source, kafka, connect, province, redis -> what it did not do, a sentence."""
    seen: Seen | None = None
    """What the watch saw of the source last."""
    capture: Status | None = None
    missing_topics: tuple[str, ...] = ()
    missing_rights: tuple[Grant, ...] = ()
    standing: Standing | None = None
    load: Load | None = None
    hops: Mapping[Hop, list[Sample]] = field(default_factory=dict)
    holes: Mapping[Hop, str] = field(default_factory=dict)
    """Records that retention took before they were taken: partition and offsets."""
    through: datetime | None = None
    """Complete through; None = not proved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The first broken link; *link* None = none is."""

    link: Link | None
    code: str
    what: str
    next_step: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """True where no link is broken and that is proved."""
        return self.link is None
