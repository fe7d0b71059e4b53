"""A mandatory column is dropped at the source: its dataset stops alone, says so, and goes on.

The steps follow one another, on a table that no other test shares; at the end it is whole again.
"""

import time
from typing import Any

import psycopg
import pytest
from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until

TEXTS = VanBan("tam_dung")
NAME, RAW = TEXTS.name, TEXTS.raw
SECONDS = 10
"""Within which a dataset is paused once its column is gone."""


@pytest.fixture(scope="module")
def source(stack: Stack) -> psycopg.Connection:
    """The department, once its new table flows."""
    connection = stack.justice()
    connection.execute(TEXTS.made)
    TEXTS.flow(stack)
    connection.execute("insert into thu.tam_dung values (1, 'A1', 'một', 1), (2, 'A2', 'hai', 1)")
    until(lambda: row(stack, 1) and row(stack, 2), 60)
    return connection


def row(stack: Stack, key: int) -> dict[str, Any] | None:
    """The provincial row of one text."""
    found = stack.one(f"select row_to_json(t) from clean.{NAME} t where _key = %s", f"[{key}]")  # noqa: S608
    return found[0] if found else None


def standing(stack: Stack) -> dict[str, Any]:
    """What `suoi dataset list` says of it."""
    (found,) = [one for one in stack.json("dataset", "list") if one["dataset"] == NAME]
    return dict(found)


def in_flight(stack: Stack) -> int:
    """Captured records that have no verdict; the books close around them."""
    books = stack.json("ledger", "check")
    assert books["holds"]  # Invariant 2
    return sum(one["in_flight"] for one in books["partitions"] if one["topic"] == RAW)


def refused(stack: Stack) -> dict[str, str]:
    """Key -> reason of the open items of this dataset."""
    items = stack.all(
        "select key, problems->0->>'code' from quarantine.item "
        "where dataset = %s and status = 'open'",
        NAME,
    )
    return dict(items)


def problems(stack: Stack) -> list[dict[str, str]]:
    """Problems of `suoi status` whose remedy is to resume."""
    found = stack.json("status", check=False)
    assert found["healthy"] is False
    return [one for one in found["problems"] if f"dataset resume {NAME}" in one["hint"]]


def test_a_dropped_column_stops_its_dataset_alone(  # Invariant 10
    stack: Stack, source: psycopg.Connection
) -> None:
    source.execute("alter table thu.tam_dung drop column ma")
    source.execute("insert into thu.tam_dung values (3, 'ba', 1), (4, 'bốn', 1), (5, 'năm', 1)")
    source.execute("delete from thu.tam_dung where id = 1")
    begun = time.monotonic()
    until(lambda: standing(stack)["state"] == "paused", SECONDS)
    print(f"paused {time.monotonic() - begun:.1f} s after the commit")  # noqa: T201  a figure
    found = standing(stack)
    assert (found["by"], found["cause"]["code"]) == ("streams", "schema.missing_field")
    assert found["cause"]["columns"] == ["ma"]
    assert found["cause"]["at"].startswith(f"{RAW}:")
    key = insert(stack.justice(), "ho_tich.khai_sinh", BIRTH | {"so_gcs": "P1"})
    other = "select 1 from clean.tp_khai_sinh where _key = %s"
    until(lambda: stack.one(other, f"[{key}]"))
    assert in_flight(stack) > 0
    assert refused(stack) == {}


def test_status_and_lag_say_so(stack: Stack, source: psycopg.Connection) -> None:
    assert source.closed is False
    (problem,) = problems(stack)
    assert problem["where"] == NAME
    assert problem["since"] == standing(stack)["since"]
    assert "ma" in problem["what"]
    waiting = stack.json("lag")[NAME]["raw_to_verdict"]
    assert waiting["messages"] > 0
    assert waiting["seconds"] > 0  # Invariant 9


def test_a_restart_frees_nothing(stack: Stack, source: psycopg.Connection) -> None:
    before = in_flight(stack)
    stack.restart("streams")
    source.execute("insert into thu.tam_dung values (6, 'sáu', 1)")
    key = insert(stack.justice(), "ho_tich.khai_sinh", BIRTH | {"so_gcs": "P2"})
    other = "select 1 from clean.tp_khai_sinh where _key = %s"
    until(lambda: stack.one(other, f"[{key}]"))
    until(lambda: in_flight(stack) > before)
    assert standing(stack)["state"] == "paused"
    assert refused(stack) == {}
    assert "paused already" in stack.suoi("dataset", "pause", NAME, "--reason", "thử").stdout


def test_resumed_it_goes_on_where_it_stopped(stack: Stack, source: psycopg.Connection) -> None:
    said = stack.suoi("dataset", "resume", NAME, "--reason", "đã trao đổi với Sở Tư pháp").stdout
    assert "without ma" in said
    wanted = {f"[{key}]": "schema.missing_field" for key in (3, 4, 5, 6)}
    until(lambda: refused(stack) == wanted)
    until(lambda: row(stack, 1)["_deleted_at"])  # type: ignore[index]
    source.execute("insert into thu.tam_dung values (7, 'bảy', 1)")
    until(lambda: "[7]" in refused(stack))
    found = standing(stack)
    assert (found["state"], found["accepted"]) == ("running", ["ma"])
    assert found["cause"]["vi"] == "đã trao đổi với Sở Tư pháp"
    until(lambda: in_flight(stack) == 0)
    assert problems_are_gone(stack)
    assert "runs already" in stack.suoi("dataset", "resume", NAME, "--reason", "thử").stdout


def problems_are_gone(stack: Stack) -> bool:
    """Whether no problem of `suoi status` is a pause."""
    found = stack.json("status", check=False)["problems"]
    return not any("dataset resume" in one["hint"] for one in found)


def test_the_column_comes_back_and_all_is_clean(stack: Stack, source: psycopg.Connection) -> None:
    source.execute("alter table thu.tam_dung add column ma varchar(20)")
    source.execute("update thu.tam_dung set ma = 'B' || id")
    until(lambda: refused(stack) == {})
    assert row(stack, 7)["ma"] == "B7"  # type: ignore[index]


def test_a_person_pauses_and_resumes(stack: Stack, source: psycopg.Connection) -> None:
    stack.suoi("dataset", "pause", NAME, "--reason", "bảo trì ở nguồn")
    found = standing(stack)
    assert (found["state"], found["cause"]["code"]) == ("paused", "operator")
    assert found["by"] not in {"", "streams"}
    (problem,) = problems(stack)
    assert "bảo trì ở nguồn" in problem["what"]
    source.execute("update thu.tam_dung set trang = 9 where id = 7")
    until(lambda: in_flight(stack) > 0)
    stack.suoi("dataset", "resume", NAME, "--reason", "xong")
    until(lambda: row(stack, 7)["trang"] == 9)  # type: ignore[index]
    assert standing(stack)["accepted"] == ["ma"]
