"""Quarantine on the real stack: a storm, replays under corrected rules, an approved truncate.

The steps follow one another, on a table that no other test shares.
"""

import subprocess
from typing import Any

import psycopg
import pytest
from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.van_ban import VanBan
from support.waiting import until, until_equal

TEXTS = VanBan("hang_doi")
NAME, RAW = TEXTS.name, TEXTS.raw
BY = ("--reason", "đã rà soát", "--approver", "lãnh đạo Sở")
MANY = """
insert into thu.hang_doi select %s + n, 'B' || n, 'sai', 500 from generate_series(1, %s) n
"""
BAD = 250
"""Rows that are refused under the first rules: enough for a storm."""


def contract(revision: int, most: int) -> str:
    """The contract of our table, whose `trang` may be at most *most*."""
    text = TEXTS.contract.replace(
        "{property: revision, value: 1}", f"{{property: revision, value: {revision}}}"
    )
    text = text.replace('  - {property: rejectShare, value: "1.00"}\n', "")
    bound = f"        logicalTypeOptions: {{minimum: 0, maximum: {most}}}\n"
    head, tail = text.split("        physicalName: trang\n")
    kind = "        logicalType: integer\n"
    return f"{head}        physicalName: trang\n{tail.replace(kind, kind + bound, 1)}"


@pytest.fixture(scope="module")
def source(stack: Stack) -> psycopg.Connection:
    """The department, once its new table flows."""
    connection = stack.justice()
    connection.execute(TEXTS.made)
    TEXTS.flow(stack, contract(1, 100))
    connection.execute("insert into thu.hang_doi values (1, 'A1', 'một', 1), (2, 'A2', 'hai', 2)")
    until(lambda: set(rows(stack)) == {"[1]", "[2]"}, 90)
    return connection


def rows(stack: Stack) -> dict[str, int]:
    """Live rows of our table: key -> pages."""
    query = f"select _key, trang from clean.{NAME} where _deleted_at is null"  # noqa: S608
    return dict(stack.all(query))  # type: ignore[arg-type]


def items(stack: Stack, status: str) -> int:
    """How many items of our table stand so."""
    query = "select count(*) from quarantine.item where dataset = %s and status = %s"
    (found,) = stack.one(query, NAME, status) or (0,)
    return int(found)


def captured(stack: Stack) -> int:
    """How many raw records of it there are."""
    return int(stack.json("status", check=False)["datasets"][NAME]["captured"])


def standing(stack: Stack) -> dict[str, Any]:
    """What `suoi dataset list` says of it."""
    (found,) = [one for one in stack.json("dataset", "list") if one["dataset"] == NAME]
    return dict(found)


def books_hold(stack: Stack) -> bool:
    """Whether law 2 holds, with nothing of ours in flight."""
    books = stack.json("ledger", "check", check=False)
    ours = [one for one in books["partitions"] if one["topic"] == RAW]
    return bool(books["holds"]) and sum(one["in_flight"] for one in ours) == 0


def refused(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that says no."""
    done = stack.suoi("reject", *words, check=False)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    return done


def test_a_storm_pauses_its_dataset_alone_and_says_so(  # Invariant 10
    stack: Stack, source: psycopg.Connection
) -> None:
    source.execute(MANY, (1000, BAD))
    source.execute(MANY, (5000, 1000))
    until(lambda: standing(stack)["state"] == "paused", 60)
    found = standing(stack)
    assert (found["by"], found["cause"]["code"]) == ("streams", "reject.storm")
    status = stack.json("status", check=False)
    (problem,) = [one for one in status["problems"] if f"dataset resume {NAME}" in one["hint"]]
    assert "refused" in problem["what"]
    key = insert(stack.justice(), "ho_tich.khai_sinh", BIRTH | {"so_gcs": "S1"})
    until(lambda: stack.one("select 1 from clean.tp_khai_sinh where _key = %s", f"[{key}]"))
    assert 200 <= items(stack, "open") <= 1250


def test_one_resume_lets_all_go_on_that_waits_where_it_stopped(
    stack: Stack, source: psycopg.Connection
) -> None:
    source.execute("insert into thu.hang_doi values (3, 'A3', 'ba', 3)")
    until(lambda: captured(stack) == BAD + 1000 + 3, 60)
    stack.suoi("dataset", "resume", NAME, "--reason", "đã trao đổi với Sở Tư pháp")
    until(lambda: items(stack, "open") == BAD + 1000, 90)
    until(lambda: "[3]" in rows(stack))
    until(lambda: books_hold(stack))  # Invariant 2
    assert items(stack, "open") == BAD + 1000


def test_opening_a_refused_record_is_audited(stack: Stack, source: psycopg.Connection) -> None:
    assert source.closed is False
    listed = stack.json("reject", "list", "--dataset", NAME, "--limit", "5")
    item = str(listed[0]["id"])
    found = stack.json("reject", "open", item, "--reason", "kiểm tra")
    assert found["value"]["after"]["trang"] == 500
    entry = stack.one(
        "select action, by_role, reason from quarantine.audit where id = %s", found["audit"]
    )
    assert entry == ("opened", "province_operator", "kiểm tra")
    assert stack.json("reject", "show", item)["history"][0]["action"] == "opened"
    stack.suoi("reject", "waive", item, *BY)
    assert items(stack, "waived") == 1
    assert "closed already" in refused(stack, "replay", item).stderr


def test_the_same_rules_change_nothing(stack: Stack, source: psycopg.Connection) -> None:
    assert source.closed is False
    found = stack.json("reject", "replay", "--dataset", NAME)
    assert (found["sent"], found["same_rules"]) == (0, BAD + 1000 - 1)


def test_corrected_rules_make_refused_rows_clean_but_no_older_one_wins(  # Invariant 4
    stack: Stack, source: psycopg.Connection
) -> None:
    open_before = items(stack, "open")
    source.execute("update thu.hang_doi set trang = 600 where id = 1201")  # refused again, newer
    source.execute("update thu.hang_doi set trang = 70 where id = 1202")  # corrected at the source
    until(lambda: rows(stack).get("[1202]") == 70)
    until(lambda: items(stack, "open") == open_before - 1)
    stack.wait_decided(NAME)
    TEXTS.put_in_force(stack, contract(2, 1000))
    stack.restart("streams")
    dry = stack.json("reject", "replay", "--dry-run", "--dataset", NAME)
    assert (dry["clean"], dry["reject"]) == (open_before - 1, 0)
    found = stack.json("reject", "replay", "--dataset", NAME)
    assert found["sent"] == open_before - 1
    until(lambda: items(stack, "open") == 0, 60)
    assert items(stack, "replayed") == open_before - 1
    held = rows(stack)
    assert (held["[1201]"], held["[1202]"], held["[1203]"]) == (600, 70, 500)
    until(lambda: books_hold(stack), 60)


def test_a_row_that_the_database_refused_is_sent_again_under_the_same_rules(
    stack: Stack, source: psycopg.Connection
) -> None:
    province, replayed = stack.province(), items(stack, "replayed")
    province.execute(f"alter table clean.{NAME} add constraint few_pages check (trang < 900)")
    source.execute("insert into thu.hang_doi values (4, 'A4', 'bốn', 950)")
    until(lambda: items(stack, "open") == 1)
    (item,) = stack.json("reject", "list", "--dataset", NAME)
    found = stack.json("reject", "open", str(item["id"]), "--reason", "kiểm tra")
    assert found["value"]["after"]["trang"] == 950
    province.execute(f"alter table clean.{NAME} drop constraint few_pages")
    assert stack.json("reject", "replay", "--dataset", NAME)["sent"] == 1
    until_equal(lambda: rows(stack).get("[4]"), 950)
    until(lambda: items(stack, "open") == 0)
    assert items(stack, "replayed") == replayed + 1
    until(lambda: books_hold(stack), 60)  # Invariant 2


def test_a_truncate_waits_and_approved_removes_exactly_its_rows(
    stack: Stack, source: psycopg.Connection
) -> None:
    before = len(rows(stack))
    source.execute("truncate thu.hang_doi")
    source.execute("insert into thu.hang_doi values (9001, 'D1', 'mới', 1)")
    until(lambda: "[9001]" in rows(stack))
    until(lambda: items(stack, "open") == 1)
    (item,) = stack.json("reject", "list", "--dataset", NAME)
    assert (item["op"], item["would_remove"]) == ("t", before)
    assert len(rows(stack)) == before + 1
    assert (
        "second person"
        in refused(
            stack, "approve", str(item["id"]), "--reason", "x", "--approver", who(stack)
        ).stderr
    )
    with stack.armed("reject.after_page", seconds=0):
        assert stack.suoi("reject", "approve", str(item["id"]), *BY, check=False).returncode == -9
    assert items(stack, "open") == 1  # Invariant 8
    stack.suoi("reject", "approve", str(item["id"]), *BY)
    until_equal(lambda: rows(stack), {"[9001]": 1})
    assert items(stack, "approved") == 1
    until(lambda: books_hold(stack), 60)


def who(stack: Stack) -> str:
    """The user the commands run as."""
    found = stack.one("select by_user from quarantine.audit limit 1")
    assert found
    return str(found[0])
