"""The league: who was in time, with ties, and what says nothing of a unit."""

from decimal import Decimal

from support.obligations import KEY, at, entry, stands

from consumers.ledger.obligations.entries import standing, standings
from consumers.ledger.obligations.league import league
from consumers.ledger.obligations.words import Cause, Kind, Status

MET, LATE, MISSED = Status.MET_CHANGED, Status.LATE, Status.MISSED
SILENT = Cause.UNIT_NOT_UPDATED


def test_units_with_one_share_stand_at_one_place_and_the_next_counts_them() -> None:
    held = [
        *(stands("b", MET), stands("b", LATE, SILENT)),
        *(stands("a", Status.MET_NO_CHANGE), stands("a", Status.PARTIAL, Cause.NOT_STANDARDISED)),
        stands("c", Status.MET_NIL_ATTESTED),
        *(stands("d", MISSED, SILENT),),
    ]
    lines = league(held, ["a", "b", "c", "d", "e"])
    assert [(one.place, one.unit) for one in lines] == [
        (1, "c"),
        (2, "a"),
        (2, "b"),
        (4, "d"),
        (None, "e"),
    ]
    assert [one.share for one in lines] == [1, Decimal("0.5"), Decimal("0.5"), 0, None]
    by_unit = {one.unit: one for one in lines}
    assert (by_unit["b"].on_time, by_unit["b"].late, by_unit["b"].missing) == (1, 1, 0)
    assert by_unit["a"].missing == 1


def test_what_is_ours_or_outside_is_no_part_of_the_share() -> None:
    held = [
        stands("a", MET),
        stands("a", MISSED, Cause.TECHNICAL),
        stands("a", LATE, Cause.VOLUME),
        stands("a", Status.BLOCKED, Cause.BLOCKED_MINISTRY),
        stands("a", Status.EXEMPT),
        stands("a", Status.PENDING, SILENT, kind=Kind.ALERT),
    ]
    (line,) = league(held, ["a"])
    assert (line.on_time, line.late, line.missing, line.aside, line.total) == (1, 0, 0, 5, 6)
    assert line.share == 1
    assert dict(line.causes)[Cause.TECHNICAL] == 1


def test_a_third_is_told_with_four_decimals() -> None:
    held = [stands("a", MET), stands("a", LATE, SILENT), stands("a", LATE, SILENT)]
    (line,) = league(held, ["a"])
    assert line.share == Decimal("0.3333")


def test_a_correction_stands_in_the_place_of_the_verdict_and_an_override_beside_it() -> None:
    entries = [
        entry(1, Status.PENDING, SILENT, kind=Kind.ALERT),
        entry(2, MISSED, SILENT),
        entry(3, None, Cause.TECHNICAL, kind=Kind.OVERRIDE, names=2),
        entry(4, MET, kind=Kind.CORRECTION, names=2),
    ]
    before = standing(KEY, entries[:3])
    assert (before.status, before.cause, before.told_cause) == (MISSED, SILENT, Cause.TECHNICAL)
    (after,) = standings(entries)
    assert (after.status, after.entry.id, after.final) == (MET, 4, True)
    assert after.override is not None
    assert after.told_cause is None, "what was met has no cause of delay"


def test_a_duty_that_was_only_told_of_is_pending() -> None:
    (found,) = standings([entry(1, Status.PENDING, SILENT, kind=Kind.ALERT)])
    assert (found.status, found.final, found.entry.judged_at) == (Status.PENDING, False, at(0.01))


def test_a_duty_that_was_only_opened_is_not_judged() -> None:
    (found,) = standings([entry(1, Status.PENDING, kind=Kind.OPENED)])
    assert (found.status, found.final, found.told_cause) == (Status.PENDING, False, None)
