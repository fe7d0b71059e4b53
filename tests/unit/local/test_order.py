"""What starts before what, how often it may be restarted, and what remains of its words."""

from pathlib import Path

import pytest

from infra.errors import Fatal, Transient
from infra.local.budget import LONGEST_S, Budget
from infra.local.component import Component, check_plan, start_order
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from infra.local.logfiles import last_words, trim
from infra.local.workers import TASKS, WORKERS, worker


def named(name: str, *needs: str) -> Component:
    return Component(name=name, command=("true",), needs=needs)


def test_what_is_needed_starts_first() -> None:
    plan = check_plan([named("c", "b"), named("b", "a"), named("a")])
    assert start_order(plan) == ["a", "b", "c"]


def test_components_that_need_each_other_are_refused() -> None:
    with pytest.raises(Fatal, match="need each other: a, b"):
        check_plan([named("a", "b"), named("b", "a")])


def test_a_need_nobody_meets_is_refused() -> None:
    with pytest.raises(Fatal, match="a needs z"):
        check_plan([named("a", "z")])


def test_every_worker_and_task_needs_only_what_exists() -> None:
    servers = {"province", "kafka", "connect", "registry", "redis", *DEPARTMENTS}
    known = servers | set(WORKERS) | {f"prepare_{name}" for name in TASKS}
    wanted = [need for _, needs in WORKERS.values() for need in needs]
    wanted += [need for needs in TASKS.values() for need in needs]
    assert set(wanted) <= known


def test_the_wait_before_a_restart_doubles_up_to_its_limit() -> None:
    budget = Budget(allowed=100)
    waits = [budget.spend(float(second)) for second in range(8)]
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_S, LONGEST_S]


def test_after_a_time_of_work_the_wait_is_short_again() -> None:
    budget = Budget()
    budget.spend(0)
    budget.spend(1)
    assert budget.spend(60, worked_s=59) == 0.2


def test_a_budget_used_up_is_filled_by_time() -> None:
    budget = Budget(allowed=2, window_s=300)
    assert budget.spend(0) is not None
    assert budget.spend(100) is not None
    assert budget.spend(200) is None
    assert budget.spend(301) is not None


def test_the_last_words_are_those_that_tell_of_trouble(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("fine\n12:01 ERROR port taken\n12:02 ERROR port taken\nfine again\n")
    assert last_words(log) == ["12:02 ERROR port taken"]


def test_without_trouble_the_last_words_are_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("one\ntwo\n")
    assert last_words(log) == ["one", "two"]


def test_a_log_that_outgrew_its_cap_is_moved_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 100)
        trim(log, largest=10)
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "x.log.1").stat().st_size == 100


def test_a_worker_is_ready_when_it_says_so_and_no_sooner(home: Home) -> None:  # Invariant 9
    told = worker(home, "streams")
    with pytest.raises(Transient, match="has not said"):
        told.probe()
    Path(told.environment["SUOI_READY_FILE"]).touch()
    told.probe()
    told.make()  # before the next start: what an earlier one said counts no more
    with pytest.raises(Transient):
        told.probe()
