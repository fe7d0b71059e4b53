"""A contract of a newer revision, while running: a column more, a rule less, and the past again.

The steps follow one another, on a table that no other test shares.
"""

import json
from typing import Any

import psycopg
import pytest
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until, until_equal

TEXTS = VanBan("xet_lai")
NAME = TEXTS.name
TABLE = """
create schema if not exists thu;
create table if not exists thu.xet_lai (id int primary key, ma varchar(20), noi_dung text);
"""
OPTIONAL = """required: false
        classification: "N"
        customProperties:
          - {property: kind, value: text}
          - {property: requirement, value: "O"}
          - {property: rules, value: [text.nul]}"""
MANDATORY = OPTIONAL.replace("false", "true").replace('"O"', '"M"').replace("[", "[field.missing, ")


def contract(revision: int) -> str:
    """The second revision asks for one field less and takes one more."""
    text = TEXTS.contract
    if revision == 2:
        return text.replace("revision, value: 1", "revision, value: 2").replace("1.0.0", "1.1.0")
    assert OPTIONAL in text
    return text.replace(OPTIONAL, MANDATORY).split("      - name: trang")[0]


@pytest.fixture(scope="module")
def source(stack: Stack) -> psycopg.Connection:
    connection = stack.justice()
    connection.execute(TABLE)
    TEXTS.flow(stack, contract(1))
    connection.execute("insert into thu.xet_lai values (1, 'A1', 'một'), (2, 'A2', null)")
    until(lambda: rows(stack) and refused(stack), 60)
    return connection


def rows(stack: Stack, column: str = "_ruleset") -> dict[str, Any]:
    """The provincial rows: key -> ruleset, or another column."""
    query = f"select _key, {column} from clean.{NAME} where _deleted_at is null"  # noqa: S608
    return dict(stack.all(query))


def refused(stack: Stack) -> dict[str, str]:
    query = "select key, status from quarantine.item where dataset = %s"
    return dict(stack.all(query, NAME))


def figures(stack: Stack) -> dict[str, int]:
    found = stack.json("status", check=False)["datasets"][NAME]
    return {name: found[name] for name in ("captured", "applied", "quarantined", "superseded")}


def holds(stack: Stack) -> bool:
    done = stack.suoi("ledger", "check", "--json", check=False)
    answer = json.loads(done.stdout)
    assert answer["holds"], answer["reason"]  # Invariant 2
    return True


def test_a_column_more_is_taken_up_without_a_loss(stack: Stack, source: psycopg.Connection) -> None:
    assert rows(stack) == {"[1]": 1}
    assert refused(stack) == {"[2]": "open"}
    source.execute("alter table thu.xet_lai add trang int")
    TEXTS.put_in_force(stack, contract(2))
    stack.restart("province_sink")  # the sink first: it takes rows without the column
    source.execute("insert into thu.xet_lai values (3, 'A3', 'ba', 3)")
    until(lambda: "[3]" in rows(stack))
    stack.wait_decided(NAME)
    stack.restart("streams")
    stack.restart("quarantine_sink")
    source.execute("insert into thu.xet_lai values (4, 'A4', null, 4)")
    until_equal(lambda: rows(stack, "trang"), {"[1]": None, "[3]": None, "[4]": 4})
    assert rows(stack) == {"[1]": 1, "[3]": 1, "[4]": 2}
    assert holds(stack)


def test_what_was_refused_is_delivered_and_moves(stack: Stack, source: psycopg.Connection) -> None:
    assert source.closed is False
    before = figures(stack)
    assert (before["captured"], before["applied"], before["quarantined"]) == (4, 3, 1)
    answer = stack.json("rejudge", NAME, "--from", "0")
    assert (answer["records"], answer["ruleset"], answer["paused"]) == (4, 2, False)
    until_equal(lambda: rows(stack), dict.fromkeys(("[1]", "[2]", "[3]", "[4]"), 2))
    assert rows(stack, "trang") == {"[1]": None, "[2]": None, "[3]": 3, "[4]": 4}
    until_equal(lambda: refused(stack), {"[2]": "replayed"})
    until_equal(lambda: figures(stack), before | {"applied": 4, "quarantined": 0})
    assert holds(stack)


def test_a_kill_in_the_middle_changes_nothing(stack: Stack, source: psycopg.Connection) -> None:
    source.execute("insert into thu.xet_lai values (5, 'A5', 'năm', 5)")
    until(lambda: "[5]" in rows(stack))
    before = figures(stack)
    with stack.armed("streams.after_output"):
        stack.json("rejudge", NAME, "--from", "0")
    until(lambda: stack.state()["streams"]["state"] == "ready", 60)
    source.execute("update thu.xet_lai set trang = 50 where id = 5")
    until(lambda: rows(stack, "trang")["[5]"] == 50)
    until_equal(lambda: figures(stack), before | {"captured": 6, "applied": before["applied"] + 1})
    assert holds(stack)


def test_what_cannot_be_judged_again_is_refused_in_a_sentence(stack: Stack) -> None:
    assert stack.suoi("rejudge", "tp_khong_co", "--from", "0", check=False).returncode == 2
    assert stack.suoi("rejudge", NAME, "--from", "hôm qua", check=False).returncode == 2
    nothing = stack.json("rejudge", NAME, "--from", "2100-01-01T00:00+07:00")
    assert nothing["records"] == 0
    path = stack.contracts / "so_tu_phap" / f"{NAME}.odcs.yaml"
    path.write_text(contract(1), "utf-8")
    lower = stack.suoi("rejudge", NAME, "--from", "0", check=False)
    path.write_text(contract(2), "utf-8")
    assert lower.returncode == 1
    assert "judged under revision 2 already" in lower.stderr
