"""`suoi catalogue` on a running stack: what is loaded is past its registration."""

from typing import Any

from support.stack import Stack
from support.waiting import until


def entries(stack: Stack) -> dict[str, dict[str, Any]]:
    """Every entry of the catalogue, by id; empty while the stack cannot be asked."""
    answer = stack.json("catalogue")
    if not answer["stack"]["asked"]:
        return {}
    return {entry["id"]: entry for unit in answer["units"] for entry in unit["entries"]}


def test_a_loaded_dataset_is_past_its_registration(stack: Stack) -> None:
    found = until(lambda: entries(stack).get("tp_khai_sinh"), 60)
    assert found["stage_source"] == "computed"
    until(lambda: (entries(stack).get("tp_khai_sinh") or {}).get("stage") in {2, 3}, 60)
    assert entries(stack)["gddt_truong"]["stage"] == 1
    assert not [
        name for name, entry in entries(stack).items() if entry["contract"] and entry["stage"] == 5
    ]
