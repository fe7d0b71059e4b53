"""The corpus of bad and odd inputs, through the compiled judge and through the envelope."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from support.corpus import FOLDER, Case, bases, cases, envelopes, record_of
from support.judging import CATALOGUE, validator_of, values_of

from schemas.reasons import REASONS
from schemas.records import Accepted, Filtered, Rejected, Severity
from streams.judge import Judge
from streams.rules import RULES
from streams.rules.rule import Rule

UNREACHABLE = {
    "file.unreadable": "files come in by the intake, a later issue",
    "file.header": "files come in by the intake, a later issue",
    "rule.duplicate_number": "stateful: a finding beside the provincial database",
    "rule.duplicate_person": "stateful: a finding beside the provincial database",
    "rule.active_marriage": "stateful: a finding beside the provincial database",
    "rule.entitlement_after_death": "stateful, across two datasets",
    "attest.conflict": "belongs to the attestation; obligations are a later issue",
    "rule.yield_inconsistent": "reserved for nnmt_cay_trong, which is none of the fourteen",
}
"""Reason -> why no row that streams judges can reach it yet."""
IN_THEORY = re.compile("[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]")


@pytest.mark.parametrize("dataset", sorted(CATALOGUE))
def test_the_base_row_of_each_dataset_is_clean_without_a_warning(dataset: str) -> None:
    row, at = bases()[dataset]
    found = validator_of(dataset).judge(row, at)
    assert found.problems == ()
    assert found.accepted


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_each_odd_row_is_judged_as_written(case: Case) -> None:
    found = validator_of(case.dataset).judge(case.row, case.at)
    assert [f"{one.code} {one.field}" for one in found.problems] == case.problems
    values = values_of(case.dataset, found)
    assert {name: values[name] for name in case.stored} == case.stored
    refused = [code for code in case.problems if _severity(code) is Severity.REJECT]
    assert found.accepted == (not refused)  # Invariant 5


@pytest.mark.parametrize("said", envelopes(), ids=lambda said: said["why"])
def test_each_odd_record_ends_in_one_verdict(said: dict[str, Any]) -> None:
    dataset = CATALOGUE[said["dataset"]]
    verdict = Judge(dataset, validator_of(dataset.id)).judge(record_of(said)).verdict
    assert type(verdict).__name__ == said["verdict"]
    problems = verdict.problems if isinstance(verdict, Rejected) else ()
    assert [one.code for one in problems] == said["codes"]
    assert isinstance(verdict, Accepted | Rejected | Filtered)  # Invariant 2


def test_every_reason_is_reached_or_listed_with_what_it_waits_for() -> None:
    reached = {said.partition(" ")[0] for case in cases() for said in case.problems}
    reached |= {code for said in envelopes() for code in said["codes"]}
    assert reached & UNREACHABLE.keys() == set(), "reached after all: strike it from the list"
    assert reached | UNREACHABLE.keys() == set(REASONS)


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_vietnamese_sentence(code: str) -> None:
    sentence = REASONS[code].sentence(field="Họ tên", expected="điều đã khai báo")
    assert IN_THEORY.search(sentence.casefold())
    assert not re.search(r"[{}]", sentence)
    assert sentence.endswith(".")


def test_the_corpus_is_large_and_no_case_stands_twice() -> None:
    assert len(cases()) + len(envelopes()) >= 400
    twice = Counter((c.dataset, json.dumps(c.row, sort_keys=True), c.at) for c in cases())
    assert [key[0] for key, count in twice.items() if count > 1] == []


def test_every_dataset_has_odd_rows() -> None:
    assert {case.dataset for case in cases()} == set(CATALOGUE)


def test_every_case_says_why_it_is_there() -> None:
    lines = [
        line for path in FOLDER.glob("*.jsonl") for line in path.read_text("utf-8").split("\n")
    ]
    silent = [line[:80] for line in lines if line and ('"why": ""' in line or '"why"' not in line)]
    assert [line for line in silent if '"row": {' not in line] == []


def _severity(said: str) -> Severity:
    return REASONS[said.partition(" ")[0]].severity


@pytest.mark.parametrize("rule", RULES, ids=lambda one: f"{one.dataset}-{one.reason}-{one.field}")
def test_the_corpus_notices_when_a_rule_is_gone_or_always_strikes(rule: Rule) -> None:
    """One row breaks it, and one row that it could judge does not: both ways to lose it show."""
    said = f"{rule.reason} {rule.field}"
    mine = [case.problems for case in cases() if case.dataset == rule.dataset]
    assert any(said in problems for problems in mine)
    assert any(said not in problems for problems in mine)
