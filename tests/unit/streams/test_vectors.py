"""The ministry's public test vectors, each as one value of a one-field contract."""

import json
from typing import Any

import pytest
from support.judging import CODES
from support.vectors import VECTORS, question

from streams.compiler import compile_dataset
from streams.days import day_text, instant_text
from streams.refine import MAKERS
from streams.refine.places import KINDS


def _judgement(vector: dict[str, str]) -> tuple[Any, Any]:
    dataset, row, at = question(vector)
    found = compile_dataset(dataset, CODES).judge(row, at)
    values = dict(zip([column.name for column in dataset.columns], found.values, strict=True))
    return found, {name: value for name, value in values.items() if name.split("_")[0] == "f"}


def _shown(kind: str, values: dict[str, Any]) -> object:
    if kind in KINDS:
        return values
    shown = {"date": day_text, "timestamp": instant_text}.get(kind, lambda value: value)
    return shown(values["f"])


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_each_public_vector_is_judged_as_the_ministry_says(vector: dict[str, str]) -> None:
    found, values = _judgement(vector)
    wanted = [code for code in vector["reasons"].split(";") if code]
    assert [problem.code for problem in found.problems] == wanted
    if vector["canonical_json"]:
        assert _shown(vector["kind"], values) == json.loads(vector["canonical_json"])
    else:
        assert not found.accepted


def test_every_kind_the_vectors_name_can_be_judged() -> None:
    assert {vector["kind"] for vector in VECTORS} <= MAKERS.keys() | KINDS
