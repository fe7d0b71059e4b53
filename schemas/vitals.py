"""The records of `control.sources`: what each source has shown of itself, and its generation.

The topic is compacted. Key `<source>` says which generation is in force and whether it is being
regenerated: commands write it. Key `<source>:seen` keeps what the watch saw last and
`<source>:alarms` what its guards found: the watch alone writes them. What was seen in another
generation than the one in force is of no account, so neither has to change what the other wrote.
"""

from enum import StrEnum
from typing import Final

import msgspec

from schemas.alarms import Alarms

SEEN: Final = ":seen"
ALARMS: Final = ":alarms"
NO_MARK: Final = -1
"""What stands for the mark of a table cdc.mark that somebody emptied."""


class Step(StrEnum):
    """How far a regeneration has come."""

    RESETTING = "resetting"
    """The old position is being thrown away; nothing of the source may be judged by the watch."""
    LOADING = "loading"
    """The new generation is in force: its tables load, or what vanished waits to be swept."""
    DONE = "done"


class Vitals(msgspec.Struct, frozen=True, kw_only=True):
    """What can only grow, and who a server is, as one look at a source found it.

    *server* names the server for good; *timeline* is PostgreSQL's (0 on MariaDB); *log_end* is
    the end of its log: bytes of WAL that are on disk, or transactions counted by GTID; *mark* is
    the number that we keep in its table cdc.mark.
    """

    server: str
    timeline: int
    log_end: int
    mark: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the watch keeps of one source, in one generation.

    *broken* is why nothing of it may be captured, a sentence; *guard* the guard that said so. Both
    stay until the source is regenerated. *since* is ISO 8601.
    """

    source: str
    generation: int
    vitals: Vitals
    since: str
    guard: str = ""
    broken: str = ""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """The generation of one source, and how far the regeneration that made it has come.

    *generation* is the one in force, or while RESETTING the one that comes into force; *by* and
    *reason* say who asked for it and why; *since* is ISO 8601.
    """

    source: str
    generation: int
    step: Step
    by: str
    reason: str
    since: str


Record = Seen | Term | Alarms
_ENDINGS: Final[dict[type[Record], str]] = {Seen: SEEN, Alarms: ALARMS, Term: ""}
"""Kind of record -> how its key ends; that of a term is the source's name alone."""

_DECODERS: Final = {kind: msgspec.json.Decoder(kind) for kind in _ENDINGS}


def encode(record: Record) -> bytes:
    """Write *record* as the value of a record, JSON."""
    return msgspec.json.encode(record)


def key_of(record: Record) -> bytes:
    """Key under which *record* is kept."""
    return (record.source + _ENDINGS[type(record)]).encode()


def decode(key: bytes, value: bytes) -> Record:
    """Read the record *key*, *value*.

    Raises:
        ValueError: it is no record of the source its key names.
    """
    kind = next(kind for kind, ending in _ENDINGS.items() if key.endswith(ending.encode()))
    try:
        found: Record = _DECODERS[kind].decode(value)
    except msgspec.MsgspecError as error:
        message = f"it says nothing of a source: {error}"
        raise ValueError(message) from error
    if key_of(found) != key:
        message = f"its key is not the source {found.source!r} that it tells of"
        raise ValueError(message)
    return found
