"""In the running stack a number is given twice: that is found, shown, and closes by itself."""

from typing import Any

from support.registers import insert
from support.rows import BIRTH
from support.stack import Stack
from support.waiting import until

NUMBER = "777/2026"
REASON = "rule.duplicate_number"


def found(stack: Stack, known: set[int], status: str = "open") -> list[Any]:
    """The findings of births that were not there before."""
    listed = stack.json("finding", "list", "--dataset", "tp_khai_sinh", "--status", status)
    return [one for one in listed if one["id"] not in known and one["reason"] == REASON]


def test_a_number_given_twice_is_found_shown_and_closed_at_the_source(stack: Stack) -> None:
    known = {one["id"] for one in found(stack, set(), "all")}
    twice = [
        BIRTH | {"so_ks": NUMBER, "so_gcs": f"TWICE{one}", "me_giayto": f"C000077{one}"}
        for one in (1, 2)
    ]
    with stack.justice() as clerk:
        keys = [f"[{insert(clerk, 'ho_tich.khai_sinh', row)}]" for row in twice]
    [one] = until(lambda: found(stack, known), 60)
    assert len(one["rows"]) == 2
    assert {row["key"] for row in one["rows"]} == {None}  # Invariant 6
    shown = stack.json("finding", "show", str(one["id"]))
    assert {row["key"] for row in shown["rows"]} == set(keys)
    said = stack.suoi("finding", "show", str(one["id"])).stdout
    assert "Số đăng ký" in said
    assert keys[0] in said
    assert stack.suoi("finding", "show", "0", check=False).returncode == 2
    with stack.justice() as clerk:
        clerk.execute("delete from ho_tich.khai_sinh where so_gcs = 'TWICE2'")
    until(lambda: found(stack, known, "closed"), 60)
    assert found(stack, known) == []
    problems = stack.json("status", check=False)["problems"]
    assert "findings" not in {one["where"] for one in problems}  # Invariant 9
