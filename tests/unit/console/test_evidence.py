"""The evidence of each cause is told in words."""

import pytest
from support.obligations import ALIVE, CODES, DUE, DUTY, QUIET, known

from consumers.ledger.obligations.causes import Question, why
from consumers.ledger.obligations.evidence import Channel, Evidence, Load, Structure
from suoi.console.views.evidence import told
from suoi.console.words import LANGUAGES, read_words

BROKEN = Channel(
    connector="FAILED",
    heartbeat_age_s=500.0,
    broken="slot lost",
    unreachable=("kafka", "connect"),
    stuck=("streams",),
    link="capture.task",
    shown={"task": "FAILED"},
    way_in=False,
)
EVERY = [
    known(channel=BROKEN),
    known(load=Load(whole=False, done=3, total=9000, growing_min=20.0, rate=7.5)),
    known(structure=Structure(held="schema.missing_field", gated=True, columns=("so_ks", "ho"))),
    known(last_event=DUE, unassigned=2),
    known(arrived=CODES),
    Evidence(channel=ALIVE),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("evidence", EVERY)
def test_every_fact_of_every_cause_has_its_words(evidence: Evidence, language: str) -> None:
    facts = why(Question(duty=DUTY, evidence=evidence, arrived=evidence.by_now)).facts
    found = told(facts, read_words(language))
    assert {one["name"] for one in found} == {
        name for name, value in facts.items() if value not in (None, "", [], ())
    }
    assert [one for one in found if one["label"] == one["name"]] == []
    assert [one for one in found if "[" in one["text"] or "{" in one["text"]] == []


def test_moments_and_numbers_are_written_as_people_read_them() -> None:
    silent = why(Question(duty=DUTY, evidence=QUIET, arrived=QUIET.by_now)).facts
    written = {one["name"]: one["text"] for one in told(silent, read_words("vi"))}
    assert written["complete_through"].startswith("23/12/2026")
    loading = {one["name"]: one["text"] for one in told({"total": 9000}, read_words("vi"))}
    assert loading == {"total": "9.000"}
