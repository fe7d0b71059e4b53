"""The decision table of DOMAIN.md 11, row by row; the first line that matches wins."""

from dataclasses import replace
from typing import Any

import pytest
from support.obligations import ALIVE, CLEAN, CODES, DUE, DUTY, LACKING, QUIET, at, attested, known

from consumers.ledger.obligations.causes import TABLE, Question, why
from consumers.ledger.obligations.duties import Duty
from consumers.ledger.obligations.evidence import (
    Arrived,
    Channel,
    Evidence,
    Load,
    Reason,
    Structure,
)
from consumers.ledger.obligations.words import Cause
from schemas.codes import read_codes

VERTICAL = replace(DUTY, vertical=True, mandatory=False)
FAILED = replace(ALIVE, connector="FAILED")
LOADING = Load(whole=False, done=3, total=9)
GATED = Structure(held="schema.missing_field", gated=True, columns=("so_ks",))
NOT_PROVED = {"complete_through": None}


def asked(evidence: Evidence, duty: Duty = DUTY) -> Any:  # noqa: ANN401  Why
    return why(Question(duty=duty, evidence=evidence, arrived=evidence.by_now))


ROWS: list[tuple[str, Duty, Evidence, Cause]] = [
    ("never opened", VERTICAL, known(exchanged=None), Cause.BLOCKED_MINISTRY),
    ("no exchange succeeded", VERTICAL, known(exchanged=False), Cause.BLOCKED_MINISTRY),
    ("task failed", DUTY, known(channel=FAILED), Cause.TECHNICAL),
    ("connector absent", DUTY, known(channel=replace(ALIVE, connector="ABSENT")), Cause.TECHNICAL),
    (
        "connector stopped",
        DUTY,
        known(channel=replace(ALIVE, connector="STOPPED")),
        Cause.TECHNICAL,
    ),
    ("heartbeat old", DUTY, known(channel=replace(ALIVE, heartbeat_age_s=120.5)), Cause.TECHNICAL),
    ("slot lost", DUTY, known(channel=replace(ALIVE, broken="slot lost")), Cause.TECHNICAL),
    ("kafka away", DUTY, known(channel=Channel(unreachable=("kafka",))), Cause.TECHNICAL),
    ("worker stuck", DUTY, known(channel=replace(ALIVE, stuck=("streams",))), Cause.TECHNICAL),
    ("no way in", DUTY, known(channel=Channel(way_in=False)), Cause.TECHNICAL),
    ("first load", DUTY, known(load=LOADING), Cause.VOLUME),
    ("lag grows", DUTY, known(load=Load(whole=True, growing_min=15.0)), Cause.VOLUME),
    ("schema gate", DUTY, known(structure=GATED), Cause.STRUCTURE_NOT_UNIFIED),
    ("differs", DUTY, known(structure=Structure(columns=("a",))), Cause.STRUCTURE_NOT_UNIFIED),
    ("silence", DUTY, QUIET, Cause.UNIT_NOT_UPDATED),
    ("half lack a field", DUTY, known(arrived=LACKING), Cause.MISSING_MANDATORY),
    ("codes", DUTY, known(arrived=CODES), Cause.NOT_STANDARDISED),
    ("unexplained", DUTY, known(arrived=CLEAN), Cause.TECHNICAL),
    ("not proved", DUTY, known(**NOT_PROVED), Cause.TECHNICAL),
]


@pytest.mark.parametrize(
    ("duty", "evidence", "cause"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_each_row_of_the_table_gives_its_cause_with_evidence(
    duty: Duty, evidence: Evidence, cause: Cause
) -> None:
    found = asked(evidence, duty)
    assert found.cause is cause
    assert found.facts


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ({"channel": FAILED}, {"load": LOADING}),
        ({"load": LOADING}, {"structure": GATED}),
        ({"structure": GATED}, {}),
        ({"structure": GATED}, {"arrived": LACKING}),
        ({"arrived": LACKING}, {}),
    ],
)
def test_the_first_line_that_matches_wins(stronger: dict[str, Any], weaker: dict[str, Any]) -> None:
    assert asked(known(**weaker, **stronger)).cause is asked(known(**stronger)).cause


def test_a_ministry_s_system_comes_before_all_else() -> None:
    broken = known(channel=FAILED, load=LOADING, structure=GATED)
    assert asked(broken, VERTICAL).cause is Cause.BLOCKED_MINISTRY
    assert asked(replace(broken, exchanged=True), VERTICAL).cause is Cause.TECHNICAL


def test_the_order_is_that_of_the_code_list() -> None:
    ranked = sorted(read_codes().rows("codes/delay_cause"), key=lambda row: int(row["rank"]))
    assert [row["code"] for row in ranked] == [str(cause) for cause, _ in TABLE]


def test_a_heartbeat_of_120_s_is_alive_and_an_unknown_one_proves_nothing() -> None:
    for age in (120.0, None):
        alive = known(channel=replace(ALIVE, heartbeat_age_s=age))
        assert asked(alive).cause is Cause.UNIT_NOT_UPDATED


def test_lag_that_has_grown_for_less_than_15_minutes_is_no_volume() -> None:
    assert asked(known(load=Load(whole=True, growing_min=14.9))).cause is Cause.UNIT_NOT_UPDATED


def test_exactly_half_of_the_refused_is_enough_for_missing_fields_and_less_is_not() -> None:
    half = known(arrived=Arrived(refused=4, lacking=2))
    less = known(arrived=Arrived(refused=5, lacking=2))
    assert asked(half).cause is Cause.MISSING_MANDATORY
    assert asked(less).cause is Cause.NOT_STANDARDISED


def test_a_unit_is_not_blamed_before_its_silence_is_proved() -> None:
    almost = known(complete_through=at(0, -1))
    assert asked(almost).cause is Cause.TECHNICAL  # Invariant 9
    assert asked(known(complete_through=DUE)).cause is Cause.UNIT_NOT_UPDATED
    assert asked(known(attested=attested(-1))).cause is Cause.TECHNICAL


def test_the_evidence_of_each_cause_names_what_proves_it() -> None:
    assert asked(QUIET).facts["complete_through"].startswith("2026-12-23")
    assert asked(known(channel=FAILED)).facts == {"connector": "FAILED"}
    assert asked(known(load=LOADING)).facts["done"] == 3
    assert asked(known(structure=GATED)).facts["columns"] == ["so_ks"]
    assert asked(known(arrived=CODES)).facts["reasons"] == [
        {"field": "dan_toc", "code": "code.unknown", "rows": 3}
    ]


def test_only_the_most_frequent_reasons_are_stored() -> None:
    many = tuple(Reason(f"f{number:02}", "code.unknown", number) for number in range(40))
    kept = Arrived(refused=1, reasons=many).facts()["reasons"]
    assert [one["rows"] for one in kept] == list(range(39, 27, -1))
