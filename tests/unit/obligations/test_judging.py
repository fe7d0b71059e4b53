"""How a duty stands: the order of DOMAIN.md 11, moment by moment."""

from dataclasses import replace

import pytest
from support.obligations import (
    CLEAN,
    CODES,
    DUE,
    DUTY,
    LACKING,
    QUIET,
    at,
    attested,
    known,
)

from consumers.ledger.obligations.entries import entry_of
from consumers.ledger.obligations.evidence import Arrived, Evidence
from consumers.ledger.obligations.judging import judge
from consumers.ledger.obligations.words import Cause, Kind, Status

WEEKLY = replace(DUTY, mandatory=False, completeness_min="0.95")
VERTICAL = replace(WEEKLY, vertical=True)
UNPROVED = known(complete_through=None)


def test_before_the_cut_off_nothing_is_judged_whatever_has_arrived() -> None:
    found = judge(DUTY, known(arrived=CLEAN), at(0, -1))
    assert (found.status, found.final, found.why) == (Status.PENDING, False, None)


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        (known(arrived=CLEAN), Status.MET_CHANGED),
        (known(attested=attested(-1)), Status.MET_NIL_ATTESTED),
        (known(attested=attested(0)), Status.MET_NIL_ATTESTED),
        (known(arrived=CLEAN, attested=attested(-1)), Status.MET_CHANGED),
        (replace(QUIET, exemption=7), Status.EXEMPT),
        (known(arrived=CLEAN, exemption=7), Status.EXEMPT),
    ],
)
def test_at_the_cut_off_it_is_met(evidence: Evidence, status: Status) -> None:
    found = judge(DUTY, evidence, DUE)
    assert (found.status, found.final, found.why) == (status, True, None)


def test_silence_is_never_taken_for_zero() -> None:
    assert judge(DUTY, QUIET, DUE).status is Status.PENDING  # Invariant 9
    assert judge(WEEKLY, QUIET, DUE).status is Status.MET_NO_CHANGE


def test_the_share_of_clean_rows_decides_sharply() -> None:
    enough, short = Arrived(clean=49, refused=1), Arrived(clean=48, refused=1)
    assert judge(DUTY, known(arrived=enough), DUE).status is Status.MET_CHANGED
    assert judge(DUTY, known(arrived=short), DUE).status is Status.PENDING


def test_an_event_in_an_attested_window_wins_and_the_conflict_is_kept() -> None:
    found = judge(DUTY, known(arrived=CODES, attested=attested(-1)), DUE)
    assert found.status is Status.PENDING
    assert found.facts["attest_conflict"] is True


@pytest.mark.parametrize("hours", [0, 1, 30, 300])
def test_nothing_is_judged_before_the_watermark_passes_the_cut_off(hours: float) -> None:
    for through in (None, at(0, -1)):
        evidence = known(arrived=CLEAN, complete_through=through)
        found = judge(DUTY, evidence, at(hours))
        assert (found.status, found.final) == (Status.PENDING, False)  # Invariant 9
    assert judge(DUTY, known(arrived=CLEAN, complete_through=DUE), at(hours)).final


def test_a_pending_duty_gets_its_cause_two_hours_after_the_cut_off() -> None:
    assert judge(DUTY, QUIET, at(2, -1)).why is None
    told = judge(DUTY, QUIET, at(2))
    assert told.why is not None
    assert (told.status, told.why.cause) == (Status.PENDING, Cause.UNIT_NOT_UPDATED)
    unproved = judge(DUTY, UNPROVED, at(2))
    assert unproved.why is not None
    assert unproved.why.cause is Cause.TECHNICAL


@pytest.mark.parametrize(
    "evidence",
    [
        replace(QUIET, by_now=CLEAN),
        known(attested=attested(3)),
        replace(QUIET, arrived=LACKING, by_now=CLEAN),
    ],
)
def test_the_first_moment_at_which_it_is_met_makes_it_late(evidence: Evidence) -> None:
    assert judge(DUTY, evidence, at(0, 59)).status is Status.PENDING  # it may have been in time
    found = judge(DUTY, evidence, at(3))
    assert (found.status, found.final) == (Status.LATE, True)
    assert found.why is not None
    wanted = Cause.MISSING_MANDATORY if evidence.arrived.events else Cause.UNIT_NOT_UPDATED
    assert found.why.cause is wanted


def test_an_attestation_after_the_breach_comes_too_late() -> None:
    assert judge(DUTY, known(attested=attested(24)), at(25)).status is Status.LATE
    assert judge(DUTY, known(attested=attested(24.01)), at(25)).status is Status.MISSED


def test_at_the_breach_it_is_missed_or_partial_or_blocked() -> None:
    assert judge(DUTY, QUIET, at(24, 59)).status is Status.PENDING
    cases = (
        (DUTY, QUIET, Status.MISSED, Cause.UNIT_NOT_UPDATED),
        (DUTY, known(arrived=LACKING), Status.PARTIAL, Cause.MISSING_MANDATORY),
        (DUTY, known(arrived=CODES), Status.PARTIAL, Cause.NOT_STANDARDISED),
        (DUTY, replace(QUIET, by_now=CODES), Status.PARTIAL, Cause.NOT_STANDARDISED),
    )
    for duty, evidence, status, cause in cases:
        found = judge(duty, evidence, at(24, 60))
        assert found.why is not None
        assert (found.status, found.final, found.why.cause) == (status, True, cause)


def test_a_ministry_s_system_that_never_opened_is_blocked_at_the_breach_without_a_watermark() -> (
    None
):
    early = judge(VERTICAL, UNPROVED, at(3))
    assert early.why is not None
    assert (early.status, early.why.cause) == (Status.PENDING, Cause.BLOCKED_MINISTRY)
    found = judge(VERTICAL, UNPROVED, at(24))
    assert found.why is not None
    assert (found.status, found.final, found.why.cause) == (
        Status.BLOCKED,
        True,
        Cause.BLOCKED_MINISTRY,
    )


def test_no_unit_is_late_by_a_fault_of_ours() -> None:
    """It was met by commit time, as became known only when the chain went on."""
    came = known(arrived=CLEAN)
    for cause in (None, Cause.TECHNICAL, Cause.VOLUME):
        assert judge(DUTY, came, at(50), cause).status is Status.MET_CHANGED
    found = judge(DUTY, came, at(50), Cause.STRUCTURE_NOT_UNIFIED)
    assert found.why is not None
    assert (found.status, found.why.cause) == (Status.LATE, Cause.STRUCTURE_NOT_UNIFIED)


def test_the_cause_that_was_told_of_stays_the_cause_of_being_late() -> None:
    found = judge(DUTY, replace(QUIET, by_now=CLEAN), at(4), Cause.TECHNICAL)
    assert found.why is not None
    assert (found.status, found.why.cause) == (Status.LATE, Cause.TECHNICAL)


def test_the_book_gets_one_alert_and_then_the_verdict() -> None:
    quiet = judge(DUTY, QUIET, at(1))
    assert entry_of(DUTY, quiet, at(1), alerted=False) is None
    told = judge(DUTY, QUIET, at(2))
    alert = entry_of(DUTY, told, at(2), alerted=False)
    assert alert is not None
    assert (alert.kind, alert.status, alert.cause) == (
        Kind.ALERT,
        Status.PENDING,
        Cause.UNIT_NOT_UPDATED,
    )
    assert entry_of(DUTY, told, at(2), alerted=True) is None
    verdict = entry_of(DUTY, judge(DUTY, QUIET, at(25)), at(25), alerted=True)
    assert verdict is not None
    assert (verdict.kind, verdict.status) == (Kind.VERDICT, Status.MISSED)
    assert verdict.evidence["cause"]["complete_through"]
