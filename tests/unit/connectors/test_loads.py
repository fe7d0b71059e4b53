"""How far a load is, told from what Debezium really said (recorded from 3.6.3 and 3.5.0)."""

import json

from connectors.capture import CHUNK_ROWS
from connectors.loads import (
    PENDING_S,
    Load,
    Notification,
    State,
    due,
    loads,
    signal_for,
    with_estimates,
    with_signals,
)

BIRTH, DEATH = "ho_tich.khai_sinh", "ho_tich.khai_tu"


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
    assert loads([BIRTH], told, None, generation=1)[BIRTH].state is State.LOADED


def test_only_what_nobody_asked_for_is_due() -> None:
    found = {
        "a": Load(table="a", state=State.WAITING),
        "b": Load(table="b", state=State.LOADING),
        "c": Load(table="c", state=State.LOADED),
        "d": Load(table="d", state=State.FAILED),
    }
    assert due(found) == ("a", "d")


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
