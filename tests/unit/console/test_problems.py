"""Problems: from codes and facts, the worst first, one for each cause."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.console import UNIT, Console, a_sick_snapshot, a_status, a_well_snapshot

from connectors.guards import Refusal
from infra.lag.sample import Sample
from infra.local.state import Standing as Component
from suoi.console.problems import LEVELS, problems
from suoi.console.roles import Role
from suoi.console.snapshot import empty, narrowed


def test_a_well_stack_has_none() -> None:
    assert problems(a_well_snapshot()) == []


def test_before_anything_is_known_nothing_is_called_healthy(console: Console) -> None:
    console.services.sampler._snapshot = empty()  # noqa: SLF001  as at start
    assert console.person(Role.VIEWER).get("/api/v1/home").json()["healthy"] is False


def test_they_are_sorted_by_consequence() -> None:
    found = problems(a_sick_snapshot())
    levels = [LEVELS.index(one.level) for one in found]
    assert levels == sorted(levels)
    assert {one.level for one in found} == set(LEVELS)
    assert found[0].code == "capture.slot"


def test_each_has_a_sentence_and_one_next_step_in_both_languages(sick: Console) -> None:
    reader = sick.person(Role.OPERATOR)
    for language in ("vi", "en"):
        reader.browser.headers["accept-language"] = language
        found = reader.get("/api/v1/home").json()["problems"]
        assert len(found) == 10
        for one in found:
            assert one["sentence"].endswith(".") or one["code"] == "paused"
            assert one["next"]
            assert "{" not in one["sentence"] + one["next"]


def test_a_stack_that_is_down_is_one_problem_not_twenty() -> None:
    seen = a_well_snapshot()
    dead = {name: Component(state="stopped") for name in ("kafka", "streams")}
    assert [one.code for one in problems(replace(seen, phase="stopped", components=dead))] == [
        "stack.down"
    ]


def test_a_process_that_died_is_a_problem_whatever_its_state_says() -> None:
    dead = Component(state="ready", pid=2**22 + 1, birth="never")
    (found,) = problems(replace(a_well_snapshot(), components={"streams": dead}))
    assert (found.code, found.where) == ("component", "streams")


def test_a_dataset_that_is_paused_is_not_also_unproved() -> None:
    sick = a_sick_snapshot()
    seen = replace(sick, through={}, standings=sick.standings)
    unproved = [one for one in problems(seen) if one.code == "unproved"]
    justice = next(one for one in unproved if one.where == UNIT)
    mine = [one for one in seen.of_source(UNIT) if one.id != "tp_khai_tu"]
    assert justice.facts["count"] == len(mine)


@pytest.mark.parametrize(("seconds", "is_late"), [(None, False), (299.9, False), (300.0, True)])
def test_a_hop_is_late_from_five_minutes_on(seconds: float | None, *, is_late: bool) -> None:
    hops = {"tp_khai_sinh": {"verdict_to_applied": Sample(0.0, seconds, 0, 1)}}
    found = problems(replace(a_well_snapshot(), hops=hops))
    assert bool(found) is is_late


@pytest.mark.parametrize(
    ("guard", "dataset", "level"),
    [("slot", "", "loss"), ("publication", "tp_khai_tu", "loss"), ("column", "tp_khai_tu", "held"),
     ("reach", "", "still")],
)  # fmt: skip
def test_a_guard_weighs_as_much_as_what_it_keeps_from_happening(
    guard: str, dataset: str, level: str
) -> None:
    seen = a_well_snapshot()
    ill = a_status(UNIT, seen.datasets, Refusal(guard, "a sentence", dataset))
    (found,) = problems(replace(seen, connectors={UNIT: ill}))
    assert found.level == level


def test_somebody_of_one_unit_reads_no_words_of_an_operator() -> None:
    seen = narrowed(a_sick_snapshot(), UNIT)
    found = problems(seen, datetime.now(UTC))
    silent = [one for one in found if one.level == "unseen"]
    assert [one.evidence for one in silent] == [()]
    assert all(one.code != "component" for one in found)
