"""Verdicts as intervals against a naive model that keeps one entry an offset."""

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from consumers.ledger.spans import Base, Cover, Range, Run, Verdicts, resolved

WORDS = st.sampled_from(["clean", "reject", "filtered:tombstone", "filtered:message"])
RUNS = st.lists(st.builds(Run, st.integers(0, 40), st.integers(1, 15), WORDS), max_size=30)


def spread(runs: list[Run], committed: int) -> dict[int, str]:
    """What the books say of each offset, the latest record winning: the way it used to be done."""
    return {
        offset: run.verdict
        for run in runs
        for offset in range(run.first, run.first + run.length)
        if offset < committed
    }


def naive_hole(said: dict[int, str], committed: int) -> Range | None:
    missing = [offset for offset in range(committed) if offset not in said]
    if not missing:
        return None
    last = missing[0]
    while last + 1 in missing:
        last += 1
    return Range(missing[0], last)


@given(RUNS, st.integers(0, 60))
@example([Run(0, 10, "clean"), Run(4, 6, "reject")], 10)  # judged again after a kill
@example([Run(5, 5, "clean"), Run(0, 5, "clean")], 10)  # unordered
@example([Run(0, 3, "clean"), Run(5, 5, "clean")], 10)  # a hole
def test_totals_and_the_first_hole_are_those_of_the_naive_model(
    runs: list[Run], committed: int
) -> None:  # Invariant 2
    found, said = resolved(runs, committed), spread(runs, committed)
    assert found.totals == Counter(word.split(":")[0] for word in said.values())
    assert found.hole() == naive_hole(said, committed)


@given(RUNS, st.integers(0, 60))
def test_what_is_booked_beyond_the_commit_is_kept_run_by_run(
    runs: list[Run], committed: int
) -> None:
    beyond = resolved(runs, committed).beyond()
    everything = spread(runs, 1_000)
    expected = {offset: word for offset, word in everything.items() if offset >= committed}
    assert spread(list(beyond), 1_000) == expected
    assert sum(run.length for run in beyond) == len(expected)


@given(RUNS, RUNS, st.integers(0, 60), st.integers(0, 30))
def test_a_sum_that_goes_on_from_a_checkpoint_is_the_whole_sum(
    before: list[Run], after: list[Run], first: int, more: int
) -> None:
    """Offsets committed by then are closed: only records beyond them may still be written."""
    after = [run for run in after if run.first >= first]
    old = resolved([Run(0, first, "clean"), *before] if first else before, first)
    new = Verdicts(first + more, Base(first, old.totals))
    for run in [*reversed(after), *reversed(old.beyond())]:
        new.add(run)
    runs = ([Run(0, first, "clean")] if first else []) + before + after
    whole = resolved(runs, first + more)
    assert (new.totals, new.hole(), new.beyond()) == (whole.totals, whole.hole(), whole.beyond())


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=40))
def test_a_cover_gives_back_exactly_what_is_new(pieces: list[tuple[int, int]]) -> None:
    cover, model = Cover(), set[int]()
    for first, length in pieces:
        wanted = set(range(first, first + length)) - model
        gained = cover.add(first, first + length)
        assert [offset for one in gained for offset in range(*one)] == sorted(wanted)
        model |= wanted
        assert list(cover.missing(10, 30)) == list(_runs(set(range(10, 30)) - model))


def test_a_hundred_million_records_are_held_in_a_handful_of_intervals() -> None:
    found = Verdicts(100_000_000)
    most = 0
    for first in range(99_990_000, -1, -10_000):  # newest first, each record judged twice
        found.add(Run(first + 5_000, 5_000, "reject"))
        found.add(Run(first, 10_000, "clean"))
        most = max(most, found.intervals)
    assert found.totals == {"clean": 50_000_000, "reject": 50_000_000}
    assert found.hole() is None
    assert most <= 2


def _runs(offsets: set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for offset in sorted(offsets):
        if found and found[-1][1] == offset:
            found[-1] = (found[-1][0], offset + 1)
        else:
            found.append((offset, offset + 1))
    return found
