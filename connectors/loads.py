"""Loads: which tables are in raw.* whole, which are on their way, and how one is asked for.

Every load is an incremental snapshot, asked for by a row in the source's signal table. Debezium
keeps its place in the connector's offsets and goes on after a kill; what it has done stands in the
notifications topic, so that whether a table is complete can be read from Kafka alone.

Measured: a second signal for a queued table loads it twice and takes over the name of the running
load, so tables are recognised by name, never by the signal's id; an empty table completes as
EMPTY; a table that could not be read completes too, with another status: SQL_EXCEPTION where the
server or the wire to it broke the reading off. Such a load is asked for again, later each time
(docs/decisions/20261123-a-load-that-was-broken-off.md).

Measured too (3.6.3): an offset written by a row of the load does not carry the load's place. Killed
where that one was committed last, Connect starts with "No incremental snapshot in progress", and
the load is never finished; the newest notification says IN_PROGRESS for ever. So a silent load that
the stored offset does not name is LOST, and asked for again
(docs/decisions/20261122-a-load-that-was-forgotten.md).
"""

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connectors.capture import CHUNK_ROWS
from connectors.notifications import Notification

_WHOLE, _BROKEN_OFF = ("SUCCEEDED", "EMPTY"), "SQL_EXCEPTION"
PENDING_S = 120
"""A signal younger than this is still on its way through the log; it is not given again."""
LOST_S = 120
"""A load that told of itself later than this, by Connect's clock, may still be under way."""
_FIRST_REST_S, _LONGEST_REST_S = 30, 3600
"""How long a load that was broken off rests before it is asked for again: doubled each time."""
_FORGOTTEN = "Debezium no longer knows of it"


class State(StrEnum):
    """How far the newest load of one table is."""

    WAITING = "waiting"
    """Nobody has asked for it yet, or the request was lost."""
    LOADING = "loading"
    """Asked for: in Debezium's queue or under way."""
    LOADED = "loaded"
    FAILED = "failed"
    """Debezium gave the table up; `suoi connector apply` asks again, of some the watch too."""
    LOST = "lost"
    """Debezium no longer knows of it; the watch asks again."""


_WANTING = (State.WAITING, State.FAILED, State.LOST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The newest load of one table: the first, or one that was asked for once more."""

    table: str
    state: State
    scanned: int = 0
    """Rows read; while under way counted in whole windows."""
    estimated: int | None = None
    """Rows the server believes the table has."""
    completed_ms: int | None = None
    """When the table first was in raw.* whole, ms since the epoch by Connect's clock.

    No watermark is earlier. A later load, whatever becomes of it, takes nothing of that away.
    """
    cause: str = ""
    failures: int = 0
    """How often in a row its reading was broken off."""
    failed_ms: int = 0
    """When that was the last time, as `completed_ms`."""

    @property
    def whole(self) -> bool:
        """True where the table is in raw.* whole, also while it is loaded once more."""
        return self.completed_ms is not None

    @property
    def mends(self) -> bool:
        """True where nobody need ask for it again: the watch does."""
        broken_off = self.state is State.FAILED and self.cause == _BROKEN_OFF
        return broken_off or self.state is State.LOST


def loads(
    tables: Iterable[str],
    notifications: Sequence[Notification],
    offset: Mapping[str, Any] | None,
    generation: int,
) -> dict[str, Load]:
    """Say of each table how far its load in *generation* is; *offset* is what Connect committed."""
    told = [one for one in notifications if one.generation == generation]
    found = {table: Load(table=table, state=State.WAITING) for table in tables}
    for one in told:
        _tell(found, one)
    for table in _stored_queue(offset):  # it may lag behind what was told
        if table in found and found[table].state is not State.LOADED:
            found[table] = _begun(found[table])
    return found


def with_lost(
    found: Mapping[str, Load],
    notifications: Sequence[Notification],
    offset: Mapping[str, Any] | None,
    now_s: float,
) -> dict[str, Load]:
    """Mark as lost what should be loading, is silent, and is unknown to the offset there is.

    *now_s* is our clock, seconds since the epoch. A load that was under way after all is loaded
    twice, which the guard makes harmless: it is called lost too early rather than never.
    """
    silent = bool(notifications) and now_s - notifications[-1].ts_ms / 1000 > LOST_S
    if not silent or offset is None or any(_stored_queue(offset)):
        return dict(found)
    return {
        table: replace(load, state=State.LOST, cause=_FORGOTTEN)
        if load.state is State.LOADING
        else load
        for table, load in found.items()
    }


def with_signals(
    found: Mapping[str, Load], signals: Iterable[tuple[str, str]], now_s: float
) -> dict[str, Load]:
    """Mark as loading what a signal still travelling through the log asks for.

    *signals* are the rows (id, data) of the signal table.
    """
    travelling = {
        table for name, data in signals if _age_s(name, now_s) < PENDING_S for table in _named(data)
    }
    return {
        table: replace(load, state=State.LOADING, cause="")
        if table in travelling and load.state in _WANTING
        else load
        for table, load in found.items()
    }


def due(found: Mapping[str, Load]) -> tuple[str, ...]:
    """Name the tables to ask for: neither loaded nor on their way."""
    return tuple(load.table for load in found.values() if load.state in _WANTING)


def cut_short(found: Mapping[str, Load], now_s: float) -> tuple[str, ...]:
    """Name the tables that were asked for and need no person to be asked for again.

    Debezium has forgotten them, or their reading was broken off and they have rested. One that
    failed in the future, by our clock, is asked for at once: a clock is wrong.
    """
    return tuple(load.table for load in found.values() if load.mends and not _rests(load, now_s))


def _rests(load: Load, now_s: float) -> bool:
    rest_s = min(_FIRST_REST_S * 2 ** (load.failures - 1), _LONGEST_REST_S)
    return load.state is State.FAILED and 0 <= now_s - load.failed_ms / 1000 < rest_s


def signal_for(tables: Sequence[str], now_s: float | None = None) -> dict[str, str]:
    """Make the signal row (id, data) that asks for *tables*; the id says when, in seconds."""
    when = int(time.time() if now_s is None else now_s)
    data = {"data-collections": list(tables), "type": "incremental"}
    return {"id": f"load-{when}-{secrets.token_hex(4)}", "data": json.dumps(data)}


def with_estimates(found: Mapping[str, Load], estimates: Mapping[str, int]) -> dict[str, Load]:
    """Add to each load how many rows its server believes the table has."""
    return {
        table: replace(load, estimated=max(estimates.get(table, 0), load.scanned))
        if load.state is State.LOADED
        else replace(load, estimated=estimates.get(table), scanned=_capped(load, estimates))
        for table, load in found.items()
    }


def _capped(load: Load, estimates: Mapping[str, int]) -> int:
    return min(load.scanned, estimates.get(load.table, load.scanned))


def _tell(found: dict[str, Load], one: Notification) -> None:
    """Let one notification change what we know of the tables it is about."""
    for table in _left(one):
        if table in found:
            found[table] = _begun(found[table])
    if one.type == "ABORTED":  # by a person at the source; a person asks again
        found.update({table: _given_up(load) for table, load in found.items()})
    elif one.type == "IN_PROGRESS":
        load = found.get(one.data.get("current_collection_in_progress", ""))
        if load:
            begun = _begun(load)
            found[load.table] = replace(begun, scanned=begun.scanned + CHUNK_ROWS)
    elif one.type == "TABLE_SCAN_COMPLETED":
        load = found.get(one.data.get("scanned_collection", ""))
        if load:
            found[load.table] = _ended(load, one)


def _begun(load: Load) -> Load:
    """One that is asked for, from its first row on where it was not under way."""
    return load if load.state is State.LOADING else replace(load, state=State.LOADING, scanned=0)


def _given_up(load: Load) -> Load:
    if load.state is not State.LOADING:
        return load
    return replace(load, state=State.LOADED if load.whole else State.WAITING)


def _ended(load: Load, one: Notification) -> Load:
    status = one.data.get("status", "")
    load = replace(load, scanned=int(one.data.get("total_rows_scanned") or 0))
    if status in _WHOLE:
        first_ms = one.ts_ms if load.completed_ms is None else load.completed_ms
        return replace(load, state=State.LOADED, completed_ms=first_ms, cause="", failures=0)
    failures = load.failures + (status == _BROKEN_OFF)
    return replace(load, state=State.FAILED, cause=status, failures=failures, failed_ms=one.ts_ms)


def _left(one: Notification) -> tuple[str, ...]:
    """What *one* leaves to be done."""
    if one.type in ("COMPLETED", "ABORTED"):
        return ()
    named = map(str.strip, one.data.get("data_collections", "").split(","))
    return tuple(table for table in named if table != one.data.get("scanned_collection"))


def _stored_queue(offset: Mapping[str, Any] | None) -> Iterator[str]:
    """What the connector goes on with after a kill."""
    text = (offset or {}).get("incremental_snapshot_collections")
    for item in json.loads(text) if text else ():
        yield item["incremental_snapshot_collections_id"]


def _age_s(name: str, now_s: float) -> float:
    word, _, rest = name.partition("-")
    when = rest.partition("-")[0]
    return now_s - int(when) if word == "load" and when.isdigit() else float("inf")


def _named(data: str | None) -> list[str]:
    try:
        return list(json.loads(data or "{}").get("data-collections", []))
    except (ValueError, AttributeError):
        return []
