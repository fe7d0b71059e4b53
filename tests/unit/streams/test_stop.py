"""A mandatory column that vanished stops its dataset at the first record without it: no verdict."""

import json
from dataclasses import replace
from typing import Any

import pytest
from support.judging import CLEAN, CODES
from support.raw import MARRIAGES, Raw, change, raw

from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.structure import mandatory_columns
from streams.workshop import Secrets, Workshop, open_workshop

ROW = CLEAN["tp_ket_hon"]
MANDATORY = "ngay_dang_ky"
OPTIONAL = "so_ban_an"
KEY = {name: ROW[name] for name in MARRIAGES.source_key}


def workshop(*accepted: str, dataset: Dataset = MARRIAGES) -> Workshop:
    return open_workshop(
        Catalogue({dataset.id: dataset}),
        lambda one: compile_dataset(one, CODES),
        CONDITIONS,
        Secrets({topics.clean(dataset): 1, topics.open_(dataset): 2}, b"an invented secret"),
        {dataset.id: accepted}.get,  # type: ignore[arg-type]
    )


def without(*columns: str, offset: int = 7, op: str = "u", **values: Any) -> Raw:  # noqa: ANN401
    """A change of the clean marriage without *columns*."""
    row = {name: value for name, value in (ROW | values).items() if name not in columns}
    return change(MARRIAGES, op, row, key=KEY, offset=offset)


def pages(refined: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [json.loads(one.value) for one in refined.messages if one.topic == topics.BOOKS]


def test_the_columns_it_stops_for_are_those_of_mandatory_fields() -> None:
    assert MANDATORY in mandatory_columns(MARRIAGES)
    assert OPTIONAL not in mandatory_columns(MARRIAGES)


def test_a_chunk_is_cut_before_the_first_record_without_the_column() -> None:  # Invariant 10
    chunk = [
        without(offset=10),
        raw(MARRIAGES, None, key=KEY, offset=11),
        without(MANDATORY, offset=12),
        without(offset=13),
    ]
    refined = workshop().refine(chunk)
    assert refined.stop is not None
    assert refined.stop.at == f"{topics.raw(MARRIAGES)}:1:12"
    assert refined.stop.columns == (MANDATORY,)
    assert refined.stop.dataset is MARRIAGES
    assert refined.counts == {"clean": 1, "filtered:tombstone": 1}
    (page,) = pages(refined)
    assert (page["first"], page["last"]) == (10, 11)  # Invariant 2: the rest is in flight
    sent = [one.topic for one in refined.messages]
    assert topics.reject(MARRIAGES) not in sent


def test_a_chunk_that_begins_without_the_column_sends_nothing() -> None:
    refined = workshop().refine([without(MANDATORY), without(offset=8)])
    assert refined.stop is not None
    assert refined.stop.offset == 7
    assert refined.messages == []
    assert refined.counts == {}


def test_every_vanished_column_is_named_in_the_order_of_the_contract() -> None:
    gone = mandatory_columns(MARRIAGES)[-3:]
    gone = tuple(name for name in gone if name not in MARRIAGES.source_key)
    refined = workshop().refine([without(*gone)])
    assert refined.stop is not None
    assert refined.stop.columns == gone


def test_null_beside_a_vanished_column_is_not_absence() -> None:  # Invariant 7
    other = next(n for n in mandatory_columns(MARRIAGES) if n not in {*KEY, MANDATORY})
    refined = workshop().refine([without(MANDATORY, **{other: None})])
    assert refined.stop is not None
    assert refined.stop.columns == (MANDATORY,)


def test_what_is_pushed_or_sent_as_a_file_is_refused_row_by_row() -> None:
    pushed = replace(MARRIAGES, source_kind="push_api")
    refined = workshop(dataset=pushed).refine([without(MANDATORY)])
    assert refined.stop is None
    assert refined.counts == {"reject": 1}


def test_once_accepted_the_record_is_an_ordinary_reject() -> None:
    refined = workshop(MANDATORY).refine([without(MANDATORY), without(offset=8)])
    assert refined.stop is None
    assert refined.counts == {"reject": 1, "clean": 1}
    (reject,) = [one for one in refined.messages if one.topic == topics.reject(MARRIAGES)]
    assert "schema.missing_field" in str(dict(reject.headers)["suoi.problems"])


def test_another_column_than_the_accepted_one_stops_again() -> None:
    other = next(n for n in mandatory_columns(MARRIAGES) if n not in {*KEY, MANDATORY})
    refined = workshop(MANDATORY).refine([without(MANDATORY, other)])
    assert refined.stop is not None
    assert refined.stop.columns == (other,)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (without(**{MANDATORY: None}), "reject"),
        (without(OPTIONAL), "clean"),
        (change(MARRIAGES, "d", None, before=KEY), "clean"),
        (change(MARRIAGES, "d", None, before=None, key=KEY), "clean"),
        (change(MARRIAGES, "t", None, key=None), "reject"),
        (raw(MARRIAGES, None, key=KEY), "filtered:tombstone"),
        (raw(MARRIAGES, b"{", key=KEY), "reject"),
        (raw(MARRIAGES, {"op": "m"}, key=KEY), "reject"),
        (change(MARRIAGES, "u", {"ma_xa": "03646"}, key=KEY), "reject"),
    ],
    ids=[
        "null", "optional", "delete", "bare delete", "truncate", "tombstone", "undecodable",
        "message", "another key",
    ],
)  # fmt: skip
def test_nothing_else_ever_stops_a_dataset(record: Raw, outcome: str) -> None:
    refined = workshop().refine([record])
    assert refined.stop is None
    assert refined.counts == {outcome: 1}


def test_accepting_costs_a_clean_record_nothing_and_the_chunk_its_order() -> None:
    chunk = [without(offset=number) for number in range(5)]
    assert workshop().refine(chunk).messages == workshop(MANDATORY).refine(chunk).messages
