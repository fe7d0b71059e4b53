"""A rule, condition or transform whose Python changed is noticed: its datasets are stamped anew."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from support.behaviour import bare, behaviour

from schemas.catalogue import read_catalogue
from schemas.contract import Dataset
from streams import conditions, rules

CATALOGUE = read_catalogue()
FILE = Path(__file__).parents[1] / "data/behaviours.csv"


def stamps() -> dict[tuple[str, int], str]:
    """(dataset, revision) -> the hash of its rules' Python, as it was stamped."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["dataset"], int(row["revision"])): row["sha256"] for row in rows}


@pytest.mark.parametrize("dataset", CATALOGUE.values(), ids=list(CATALOGUE))
def test_changed_python_of_a_rule_has_a_new_revision(dataset: Dataset) -> None:
    found = behaviour(dataset)
    assert stamps().get((dataset.id, dataset.revision)) == found, (
        f"the Python of a rule or condition of {dataset.id} changed. If any verdict can change,"
        " raise `revision` in its contract; if none can, only its stamp. The line of"
        f" tests/data/behaviours.csv is\n{dataset.id},{dataset.revision},{found}"
    )


def test_a_comment_or_a_line_break_changes_nothing() -> None:
    assert bare('def f(a):\n    """Say."""\n    return (\n        a\n    )  # why\n') == (
        "def f(a): return ( a )"
    )


def test_another_constant_or_another_value_of_a_condition_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    births, products = CATALOGUE["tp_khai_sinh"], CATALOGUE["nnmt_ocop"]
    before = behaviour(births), behaviour(products)
    monkeypatch.setattr(rules.registers, "LATE_DAYS", 61)
    assert behaviour(births) != before[0]
    assert behaviour(products) == before[1]
    other = conditions.CONDITIONS["khong_bo_roi"]
    changed = {**conditions.CONDITIONS, "loai_chu_the_khong_phai_ca_nhan": other}
    monkeypatch.setattr("support.behaviour.CONDITIONS", changed)
    assert behaviour(replace(products, title="x")) != before[1]
