"""Raw records read again: which stretches of Kafka are read for the offsets that are wanted."""

import json
from typing import Any

import pytest
from support.judging import CLEAN

from infra.errors import Fatal
from schemas.catalogue import read_catalogue
from schemas.codes import read_codes
from streams.compiler import compile_dataset
from streams.judge import Unjudged
from streams.output import row_hash
from streams.standard import Standardiser
from suoi.rejudging import stretches

NOW = 1_773_200_000_000_000
BIRTH = CLEAN["tp_khai_sinh"]


class NoJudge:
    """A contract that seemed right."""

    def judge(self, _row: object, _source_ts: int) -> Any:  # noqa: ANN401
        """No judge can be made."""
        raise Unjudged


def test_a_contract_without_a_judge_refuses_no_row_but_stops() -> None:  # Invariant 10
    with pytest.raises(Fatal, match="no judge can be made"):
        Standardiser(NoJudge())({}, NOW)


def standardiser() -> Standardiser:
    dataset = read_catalogue()["tp_khai_sinh"]
    return Standardiser(compile_dataset(dataset, read_codes(("099",))))


def test_near_offsets_are_read_in_one_stretch_and_far_ones_apart() -> None:
    assert list(stretches([5])) == [(5, 6)]
    assert list(stretches([5, 9, 1009, 2011])) == [(5, 1010), (2011, 2012)]


def test_a_row_standardised_outside_the_stream_has_the_hash_of_the_stream() -> None:
    made = standardiser()
    dataset = read_catalogue()["tp_khai_sinh"]
    judged = compile_dataset(dataset, read_codes(("099",))).judge(BIRTH, NOW)
    assert made(BIRTH, NOW) == row_hash(judged.values)
    envelope = {"op": "u", "after": BIRTH, "source": {"connector": "postgresql"}}
    assert made.raw(json.dumps(envelope).encode(), NOW) == row_hash(judged.values)
    assert made.raw(json.dumps(envelope | {"after": None}).encode(), NOW) is None


def test_a_refused_row_and_one_our_code_cannot_judge_have_no_hash() -> None:
    made = standardiser()
    assert made(BIRTH | {"so_ks": None}, NOW) is None
    assert made(None, NOW) is None  # type: ignore[arg-type]  # a fault of ours is a reject too
