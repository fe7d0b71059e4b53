"""How far a load is, told from what Debezium really said (recorded from 3.6.3 and 3.5.0)."""

import json
from typing import Any, cast

import pytest
from confluent_kafka import Consumer
from structlog.testing import capture_logs

from connectors import notifications as subject
from connectors.capture import CHUNK_ROWS
from connectors.loads import (
    LOST_S,
    PENDING_S,
    Load,
    State,
    cut_short,
    due,
    loads,
    signal_for,
    with_estimates,
    with_lost,
    with_signals,
)
from connectors.notifications import Notification, read_notifications

BIRTH, DEATH = "ho_tich.khai_sinh", "ho_tich.khai_tu"
TOLD_S = 1_795_311_284.866
"""When each notification here was sent."""
FORGETFUL: dict[str, Any] = {
    "lsn_proc": 86_218_872,
    "last_snapshot_record": False,
    "lsn_commit": 86_218_872,
    "lsn": 86_218_872,
    "snapshot": "INCREMENTAL",
    "snapshot_completed": False,
}
"""The names are those of an offset that Debezium 3.6.3 left behind a cut load (measured)."""


def said(kind: str, generation: int = 1, **data: str) -> Notification:
    return Notification(type=kind, ts_ms=1_795_311_284_866, generation=generation, data=data)


def started(*tables: str) -> Notification:
    return said("STARTED", data_collections=",".join(tables))


def reading(table: str, *queue: str) -> Notification:
    return said(
        "IN_PROGRESS", current_collection_in_progress=table, data_collections=",".join(queue)
    )


def finished(table: str, status: str, *queue: str, rows: int = 0) -> Notification:
    return said(
        "TABLE_SCAN_COMPLETED",
        scanned_collection=table,
        status=status,
        total_rows_scanned=str(rows),
        data_collections=",".join(queue),
    )


def state(*told: Notification, offset: dict[str, str] | None = None) -> dict[str, State]:
    found = loads([BIRTH, DEATH], told, offset, generation=1)
    return {table: load.state for table, load in found.items()}


def test_a_table_nobody_asked_for_waits() -> None:
    assert state() == {BIRTH: State.WAITING, DEATH: State.WAITING}


def test_a_queue_is_loading_and_its_first_table_counts_windows() -> None:
    told = [started(BIRTH, DEATH), *[reading(BIRTH, BIRTH, DEATH)] * 2]
    found = loads([BIRTH, DEATH], told, None, generation=1)
    assert found[BIRTH].state is found[DEATH].state is State.LOADING
    assert found[BIRTH].scanned == 2 * CHUNK_ROWS


def test_a_finished_table_is_loaded_while_the_next_is_under_way() -> None:
    told = [started(BIRTH, DEATH), finished(BIRTH, "SUCCEEDED", BIRTH, DEATH, rows=30_000)]
    found = loads([BIRTH, DEATH], told, None, generation=1)
    assert (found[BIRTH].state, found[BIRTH].scanned) == (State.LOADED, 30_000)
    assert found[BIRTH].completed_ms == 1_795_311_284_866
    assert found[DEATH].state is State.LOADING


def test_an_empty_table_is_loaded_too() -> None:
    assert state(finished(BIRTH, "EMPTY", BIRTH))[BIRTH] is State.LOADED


def test_a_table_that_could_not_be_read_is_not_loaded() -> None:
    told = (finished(BIRTH, "SQL_EXCEPTION", BIRTH), said("COMPLETED"))
    assert state(*told)[BIRTH] is State.FAILED


def test_after_a_kill_the_stored_offset_says_what_goes_on() -> None:
    queue = json.dumps([{"incremental_snapshot_collections_id": DEATH}])
    found = state(offset={"incremental_snapshot_collections": queue})
    assert found == {BIRTH: State.WAITING, DEATH: State.LOADING}


def test_a_new_generation_loads_everything_anew() -> None:
    told = [finished(BIRTH, "SUCCEEDED", BIRTH, rows=5)]
    assert loads([BIRTH], told, None, generation=2)[BIRTH].state is State.WAITING


def test_a_second_load_of_a_loaded_table_does_not_unload_it() -> None:
    told = [finished(BIRTH, "SUCCEEDED", BIRTH, rows=5), started(BIRTH), reading(BIRTH, BIRTH)]
    load = loads([BIRTH], told, None, generation=1)[BIRTH]
    assert (load.whole, load.state, load.scanned) == (True, State.LOADING, CHUNK_ROWS)


def test_a_second_load_that_fails_is_owed_and_takes_nothing_of_the_first_away() -> None:
    told = [finished(BIRTH, "SUCCEEDED", BIRTH, rows=5), finished(BIRTH, "SQL_EXCEPTION", BIRTH)]
    found = loads([BIRTH], told, None, generation=1)
    assert (found[BIRTH].completed_ms, found[BIRTH].state) == (told[0].ts_ms, State.FAILED)
    assert due(found) == (BIRTH,)


def test_a_second_load_that_a_person_stopped_is_owed_to_nobody() -> None:
    told = [finished(BIRTH, "EMPTY", BIRTH), started(BIRTH), said("ABORTED")]
    assert loads([BIRTH], told, None, generation=1)[BIRTH].state is State.LOADED


def test_an_offset_that_lags_behind_the_end_of_a_load_does_not_begin_it_again() -> None:
    queue = json.dumps([{"incremental_snapshot_collections_id": BIRTH}])
    stored = {"incremental_snapshot_collections": queue}
    assert state(finished(BIRTH, "SUCCEEDED", BIRTH), offset=stored)[BIRTH] is State.LOADED


def broken_off(times: int) -> dict[str, Load]:
    """Of a load that the server or the wire to it broke off *times* times in a row."""
    told = [finished(BIRTH, "SQL_EXCEPTION", BIRTH)] * times
    return loads([BIRTH], told, None, generation=1)


@pytest.mark.parametrize(
    ("times", "rest_s"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (2_000, 3600)]
)
def test_a_load_that_was_broken_off_rests_longer_each_time(times: int, rest_s: int) -> None:
    found = broken_off(times)
    assert cut_short(found, TOLD_S + rest_s - 1) == ()
    assert cut_short(found, TOLD_S + rest_s + 1) == (BIRTH,)  # Invariant 8


def test_a_clock_that_is_wrong_keeps_no_load_waiting() -> None:
    assert cut_short(broken_off(1), TOLD_S - 86_400) == (BIRTH,)


def test_a_load_that_succeeds_begins_its_rests_anew() -> None:
    told = [finished(BIRTH, status, BIRTH) for status in ("SQL_EXCEPTION", "SUCCEEDED")]
    assert loads([BIRTH], told, None, generation=1)[BIRTH].failures == 0


@pytest.mark.parametrize("status", ["UNKNOWN_SCHEMA", "NO_PRIMARY_KEY", "SKIPPED"])
def test_a_load_that_debezium_refuses_is_a_persons(status: str) -> None:
    found = loads([BIRTH], [finished(BIRTH, status, BIRTH)], None, generation=1)
    assert cut_short(found, TOLD_S + 86_400) == ()


def test_only_what_nobody_asked_for_is_due() -> None:
    found = {
        "a": Load(table="a", state=State.WAITING),
        "b": Load(table="b", state=State.LOADING),
        "c": Load(table="c", state=State.LOADED),
        "d": Load(table="d", state=State.FAILED),
        "e": Load(table="e", state=State.LOST),
    }
    assert due(found) == ("a", "d", "e")
    assert cut_short(found, TOLD_S) == ("e",)


def test_a_signal_still_travelling_is_not_given_twice_and_a_lost_one_is() -> None:
    now = 1_795_311_284.0
    row = signal_for([BIRTH], now)
    found = {BIRTH: Load(table=BIRTH, state=State.WAITING)}
    rows = [(row["id"], row["data"]), ("window-open", "{}"), ("other", "no JSON")]
    assert due(with_signals(found, rows, now + 1)) == ()
    assert due(with_signals(found, rows, now + PENDING_S + 1)) == (BIRTH,)


def test_progress_never_exceeds_the_estimate() -> None:
    found = {BIRTH: Load(table=BIRTH, state=State.LOADING, scanned=CHUNK_ROWS)}
    shown = with_estimates(found, {BIRTH: 100})[BIRTH]
    assert (shown.scanned, shown.estimated) == (100, 100)


def judged(
    *told: Notification, offset: dict[str, Any] | None = None, later_s: float = LOST_S + 1
) -> dict[str, State]:
    stored = FORGETFUL if offset is None else offset
    found = loads([BIRTH, DEATH], told, stored, generation=1)
    found = with_lost(found, told, stored, TOLD_S + later_s)
    return {table: load.state for table, load in found.items()}


def test_a_silent_load_that_the_stored_offset_does_not_name_is_lost() -> None:
    told = (started(BIRTH, DEATH), reading(BIRTH, BIRTH, DEATH))
    assert judged(*told) == {BIRTH: State.LOST, DEATH: State.LOST}


def test_a_lost_load_says_why() -> None:
    told = [started(BIRTH)]
    found = with_lost(
        loads([BIRTH], told, FORGETFUL, 1), told, FORGETFUL, now_s=TOLD_S + LOST_S + 1
    )
    assert found[BIRTH].cause == "Debezium no longer knows of it"


def test_a_load_that_told_of_itself_lately_is_not_lost() -> None:
    assert judged(started(BIRTH), later_s=LOST_S - 1)[BIRTH] is State.LOADING


def test_a_load_that_the_stored_offset_names_is_not_lost() -> None:
    queue = json.dumps([{"incremental_snapshot_collections_id": BIRTH}])
    kept = FORGETFUL | {"incremental_snapshot_collections": queue}
    assert judged(started(BIRTH), offset=kept)[BIRTH] is State.LOADING


def test_without_a_stored_offset_nothing_is_lost() -> None:
    told = [started(BIRTH)]
    found = with_lost(loads([BIRTH], told, None, 1), told, None, TOLD_S + LOST_S + 1)
    assert found[BIRTH].state is State.LOADING


def test_what_is_loaded_waits_or_has_failed_is_never_lost() -> None:
    told = (finished(BIRTH, "SUCCEEDED", BIRTH, rows=5), said("COMPLETED"))
    assert judged(*told) == {BIRTH: State.LOADED, DEATH: State.WAITING}
    told = (finished(BIRTH, "SQL_EXCEPTION", BIRTH), said("COMPLETED"))
    assert judged(*told)[BIRTH] is State.FAILED


def test_a_forgotten_queue_is_lost_whatever_was_loaded_after_it() -> None:
    other = "ho_tich.ket_hon"
    told = (
        *(started(BIRTH, DEATH), reading(BIRTH, BIRTH, DEATH)),
        *(started(other), finished(other, "SUCCEEDED", other), said("COMPLETED")),
    )
    assert judged(*told) == {BIRTH: State.LOST, DEATH: State.LOST}


def test_a_load_that_a_person_stopped_waits_for_a_person() -> None:
    told = (started(BIRTH, DEATH), reading(BIRTH, BIRTH, DEATH), said("ABORTED"))
    assert judged(*told) == {BIRTH: State.WAITING, DEATH: State.WAITING}


def test_a_lost_load_that_was_just_asked_for_again_is_loading() -> None:
    row = signal_for([BIRTH], TOLD_S)
    found = {BIRTH: Load(table=BIRTH, state=State.LOST, cause="forgotten")}
    signals = [(row["id"], row["data"])]
    travelling = with_signals(found, signals, TOLD_S + PENDING_S - 1)[BIRTH]
    assert (travelling.state, travelling.cause) == (State.LOADING, "")
    assert with_signals(found, signals, TOLD_S + PENDING_S + 1)[BIRTH].state is State.LOST


class Record:
    """One record of the notifications topic."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def value(self) -> bytes:
        """What it holds."""
        return self._value

    def headers(self) -> list[tuple[str, bytes]]:
        """The generation alone."""
        return [("suoi.generation", b'"3"')]

    def topic(self) -> str:
        """Where it is."""
        return "notifications.so_tu_phap"

    def offset(self) -> int:
        """At which place."""
        return 7


TOLD = {
    "aggregate_type": "Incremental Snapshot",
    "type": "STARTED",
    "timestamp": 1_795_311_284_866,
    "additional_data": {"data_collections": BIRTH},
}


@pytest.mark.parametrize("text", [b"<html>", b"[]", b'{"aggregate_type":"Incremental Snapshot"}'])
def test_a_notification_that_cannot_be_read_ends_nobody_and_is_said(
    text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [Record(text), Record(json.dumps(TOLD).encode())]
    monkeypatch.setattr(subject.kafka_reader, "partitions", lambda *_: [])
    monkeypatch.setattr(subject.kafka_reader, "read", lambda *_: iter(records))
    with capture_logs() as lines:
        found = read_notifications(cast("Consumer", None), "so_tu_phap")
    assert [(one.type, one.generation) for one in found] == [("STARTED", 3)]
    assert [line["event"] for line in lines] == ["notification.unreadable"]
