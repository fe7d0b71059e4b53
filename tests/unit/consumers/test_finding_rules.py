"""The rules over rows are the centre's, named by contracts, and read what their tables have."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from consumers.findings.members import columns_read, digest, share
from consumers.findings.rule import By, Rule
from consumers.findings.rules import RULES, rules_of
from infra.local.home import Home
from schemas.catalogue import read_catalogue
from schemas.partial import latest
from schemas.reasons import REASONS
from suoi import problems
from suoi.finding import document

CATALOGUE = read_catalogue()
CENTRAL = Path(__file__).parents[3] / "schemas" / "central" / "rules.csv"
EVERY = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
NAME = By(("ngay_sinh",), words=("ho", "chu_dem", "ten"))


def stateful() -> list[dict[str, str]]:
    with CENTRAL.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["problem_when"].startswith("stateful")]


def test_every_stateful_rule_of_the_centre_is_written_once() -> None:
    wanted = [
        (row["dataset_id"], row["reason"], row["field"], row["words_vi"]) for row in stateful()
    ]
    held = [(rule.dataset, rule.reason, rule.field, rule.words) for rule in RULES]
    assert sorted(held) == sorted(wanted)
    assert len({rule.name for rule in RULES}) == len(RULES)


@EVERY
def test_a_rule_reads_the_inputs_the_centre_names(rule: Rule) -> None:
    [row] = [one for one in stateful() if f"{one['dataset_id']}.{one['reason']}" == rule.name]
    mine = next(side for side in rule.sides if side.dataset == rule.dataset)
    assert set(mine.columns) == set(row["inputs"].split(";"))


@EVERY
def test_a_rule_is_asked_for_by_its_contract_and_its_tables_have_its_columns(rule: Rule) -> None:
    assert rule in rules_of(CATALOGUE)
    assert rule.reason in REASONS
    for side in rule.sides:
        held = {column.name for column in CATALOGUE[side.dataset].columns}
        assert set(side.columns) <= held
    assert rule.field in {item.name for item in CATALOGUE[rule.dataset].fields}


def test_a_rule_with_a_side_that_is_not_delivered_waits_for_it() -> None:
    without = {name: one for name, one in CATALOGUE.items() if name != "bhxh_the_bhyt"}
    names = {rule.name for rule in rules_of(without)}
    assert "bhxh_the_bhyt.rule.entitlement_after_death" not in names
    assert len(names) == len(RULES) - 1


def test_the_finder_is_given_the_columns_of_its_rules_alone() -> None:
    columns = columns_read(RULES, CATALOGUE)
    system = {"_key", "_source_ts", "_deleted_at"}
    assert set(columns["nnmt_thua_dat"]) - system == {"ma_dinh_danh_thua", "trang_thai"}
    assert "ngay_dang_ky" in columns["tp_khai_tu"]  # it orders


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("LÒ", "THỊ", "ÊNG"), ("Lò", "Thị", "Êng")),
        (("H’Hen", None, "Niê"), (None, None, "HHen Niê")),
    ],
)
def test_words_are_one_folded_text(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    names = ("ho", "chu_dem", "ten")
    first, second = (
        share(NAME, {"ngay_sinh": "2026-01-01"} | dict(zip(names, words, strict=True)))
        for words in (one, other)
    )
    assert first == second
    assert first is not None


def test_a_row_with_a_null_or_without_a_letter_is_in_no_group() -> None:
    words = {"ho": None, "chu_dem": None, "ten": "Mẫu"}
    assert share(NAME, words | {"ngay_sinh": None}) is None
    assert share(NAME, words | {"ngay_sinh": "2026-01-01", "ten": "…"}) is None


def test_groups_of_two_rules_or_of_other_values_are_never_one() -> None:
    groups = {digest("a", ["1", "23"]), digest("a", ["12", "3"]), digest("b", ["12", "3"])}
    assert len(groups) == 3
    assert digest("a", [date(2026, 1, 1)]) == digest("a", ["2026-01-01"])


@pytest.mark.parametrize(
    ("partial", "day"),
    [
        ("2024-02", date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 31)),
        ("2026", date(2026, 12, 31)),
        ("2026-03-05", date(2026, 3, 5)),
    ],
)
def test_a_partial_date_ends_on_its_last_day(partial: str, day: date) -> None:
    assert latest(partial) == day


def finding(dataset: str, key: str) -> dict[str, Any]:
    times = dict.fromkeys(("opened_at", "changed_at"), datetime(2026, 5, 1, tzinfo=UTC))
    words = dict.fromkeys(("reason", "field", "message", "owner_unit"), "x")
    rows = {"datasets": [dataset], "keys": [key], "event_dates": [date(2026, 5, 1)]}
    head = {"id": 1, "dataset": dataset, "status": "open", "closed_at": None}
    return head | times | words | rows


def test_a_key_that_may_hold_a_persons_number_is_shown_hashed_everywhere() -> None:
    person = finding("bhxh_the_bhyt", '["099200000001","20260101"]')
    marriage = finding("tp_ket_hon", '["03646",2026,17]')
    assert document(person, CATALOGUE)["rows"][0]["key"] is None  # Invariant 6
    assert "099200000001" not in str(document(person, CATALOGUE))
    assert document(marriage, CATALOGUE)["rows"][0]["key"] == '["03646",2026,17]'
    assert "03646" not in str(document(marriage, {}))  # as a list shows it


def test_a_finder_that_stands_still_is_a_problem_and_says_since_when(  # Invariant 9
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    since = datetime(2026, 5, 1, 7, tzinfo=UTC)
    monkeypatch.setattr(problems, "behind_since", lambda _: since)
    (found,) = problems.of_findings(Home(tmp_path))
    assert (found["where"], found["since"]) == ("findings", "2026-05-01T07:00:00.000+00:00")
    monkeypatch.setattr(problems, "behind_since", lambda _: None)
    assert not [*problems.of_findings(Home(tmp_path))]
