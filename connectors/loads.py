"""Loads: which tables are in raw.* whole, which are on their way, and how one is asked for.

Every load is an incremental snapshot, asked for by a row in the source's signal table. Debezium
keeps its place in the connector's offsets and goes on after a kill; what it has done stands in the
notifications topic, so that whether a table is complete can be read from Kafka alone.

Measured: a second signal for a queued table loads it twice and takes over the name of the running
load, so tables are recognised by name, never by the signal's id; an empty table completes as
EMPTY; a table that could not be read completes too, with another status.

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

import structlog
from confluent_kafka import Consumer, Message

from connectors.capture import CHUNK_ROWS
from infra import kafka_reader
from schemas import topics

_KIND = "Incremental Snapshot"
_WHOLE = ("SUCCEEDED", "EMPTY")
PENDING_S = 120
"""A signal younger than this is still on its way through the log; it is not given again."""
LOST_S = 120
"""A load that told of itself later than this, by Connect's clock, may still be under way."""
_FORGOTTEN = "Debezium no longer knows of it"
_log = structlog.get_logger()


class State(StrEnum):
    """How far the load of one table is."""

    WAITING = "waiting"
    """Nobody has asked for it yet, or the request was lost."""
    LOADING = "loading"
    """Asked for: in Debezium's queue or under way."""
    LOADED = "loaded"
    FAILED = "failed"
    """Debezium gave the table up; `suoi connector apply` asks again."""
    LOST = "lost"
    """Debezium no longer knows of it; the watch asks again."""


_WANTING = (State.WAITING, State.FAILED, State.LOST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The load of one table."""

    table: str
    state: State
    scanned: int = 0
    """Rows read; while under way counted in whole windows."""
    estimated: int | None = None
    """Rows the server believes the table has."""
    completed_ms: int | None = None
    """When it was complete, ms since the epoch by Connect's clock; no watermark is earlier."""
    cause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """One message of Debezium about a load."""

    type: str
    ts_ms: int
    generation: int
    data: Mapping[str, str]


def read_notifications(reader: Consumer, source: str) -> list[Notification]:
    """Read all notifications of *source* there are now, oldest first."""
    stretches = {
        place: kafka_reader.bounds(reader, place)
        for place in kafka_reader.partitions(reader, topics.notifications(source))
    }
    decoded = (_decoded(message) for message in kafka_reader.read(reader, stretches))
    return [notification for notification in decoded if notification is not None]


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
    for table in (*_queue(told), *_stored_queue(offset)):
        if table in found and found[table].state is not State.LOADED:
            found[table] = replace(found[table], state=State.LOADING)
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


def lost(found: Mapping[str, Load]) -> tuple[str, ...]:
    """Name the tables that were asked for and that Debezium has forgotten."""
    return tuple(load.table for load in found.values() if load.state is State.LOST)


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
    _turn(found, State.WAITING, State.LOADING, _left(one))
    if one.type == "ABORTED":  # by a person at the source; a person asks again
        _turn(found, State.LOADING, State.WAITING, tuple(found))
    elif one.type == "IN_PROGRESS":
        load = found.get(one.data.get("current_collection_in_progress", ""))
        if load and load.state is not State.LOADED:
            found[load.table] = replace(
                load, state=State.LOADING, scanned=load.scanned + CHUNK_ROWS
            )
    elif one.type == "TABLE_SCAN_COMPLETED":
        load = found.get(one.data.get("scanned_collection", ""))
        if load and load.state is not State.LOADED:
            found[load.table] = _completed(load, one)


def _turn(found: dict[str, Load], before: State, after: State, tables: Iterable[str]) -> None:
    for table in tables:
        if table in found and found[table].state is before:
            found[table] = replace(found[table], state=after)


def _completed(load: Load, one: Notification) -> Load:
    status = one.data.get("status", "")
    rows = int(one.data.get("total_rows_scanned") or 0)
    if status in _WHOLE:
        return replace(load, state=State.LOADED, scanned=rows, completed_ms=one.ts_ms, cause="")
    return replace(load, state=State.FAILED, scanned=rows, cause=status)


def _queue(told: Sequence[Notification]) -> tuple[str, ...]:
    """What the newest notification leaves to be done."""
    return _left(told[-1]) if told else ()


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


def _decoded(message: Message) -> Notification | None:
    """Read one record of the notifications topic; None where it is about something else.

    One that cannot be read is passed over, loudly: what it told of is asked for again some day,
    and the watch, which reads them too, must not end by it.
    """
    try:
        value = json.loads(message.value() or b"{}")
        if value.get("aggregate_type") != _KIND:
            return None
        return Notification(
            type=value["type"],
            ts_ms=int(value["timestamp"]),
            generation=_generation(message),
            data=value.get("additional_data") or {},
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        _log.error("notification.unreadable", topic=message.topic(), offset=message.offset())
        return None


def _generation(message: Message) -> int:
    headers = dict(message.headers() or [])
    value = headers.get("suoi.generation") or b"1"
    text = value if isinstance(value, str) else value.decode()
    return int(text.strip('"'))


def _age_s(name: str, now_s: float) -> float:
    word, _, rest = name.partition("-")
    when = rest.partition("-")[0]
    return now_s - int(when) if word == "load" and when.isdigit() else float("inf")


def _named(data: str | None) -> list[str]:
    try:
        return list(json.loads(data or "{}").get("data-collections", []))
    except (ValueError, AttributeError):
        return []
