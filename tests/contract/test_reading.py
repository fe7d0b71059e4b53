"""The usual record is read in one go: what is said of it is what the careful reader says."""

import json
from typing import Any

import pytest
from support.corpus import bases, cases
from support.judging import CATALOGUE, validator_of
from support.raw import Raw, change

from schemas import topics
from schemas.contract import Dataset
from schemas.records import Change, Rejected, Row
from streams.conditions import CONDITIONS
from streams.envelope import LARGEST_ROW, MOST_FIELDS, Reader
from streams.holes import PLACEHOLDERS
from streams.judge import Judge
from streams.output import Writer
from streams.reading import reader, usual_reader
from streams.workshop import Desk, Workshop

DATASETS = sorted(CATALOGUE)
SEED = b"an invented secret"


def workshop_of(dataset: Dataset) -> Workshop:
    """The workshop of one dataset."""
    condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
    ids = {topics.clean(dataset): 1, topics.open_(dataset): 2}
    judge = Judge(dataset, validator_of(dataset.id), condition)
    return Workshop({topics.raw(dataset): Desk(judge, Writer(dataset, ids, SEED))}, {})


def chunk_of(dataset: Dataset) -> list[Raw]:
    """Every row of the corpus that JSON can hold, as raw records, updates and a delete."""
    base = bases()[dataset.id].row
    rows = [case.row for case in cases() if case.dataset == dataset.id]
    found = []
    for number, row in enumerate([base, *(row for row in rows if base.keys() <= row.keys())]):
        try:
            found.append(change(dataset, "c", row, offset=number))
        except (KeyError, ValueError):  # its key is what is odd about it
            continue
    return [*map(usual, found), change(dataset, "d", None, before=base, offset=len(rows) + 1)]


def usual(record: Raw) -> Raw:
    """*record* as Debezium writes it: no spaces, clocks in µs."""
    key, value = json.loads(record.key or b"{}"), json.loads(record.value or b"{}")
    value["ts_us"] = value["ts_ms"] * 1000
    value["source"]["ts_us"] = value["source"]["ts_ms"] * 1000
    return record._replace(key=_compact(key), value=_compact(value))


def _compact(value: Any) -> bytes:  # noqa: ANN401  any JSON
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


@pytest.mark.parametrize("name", DATASETS)
def test_a_chunk_sends_the_bytes_its_records_send_alone(name: str) -> None:  # Invariant 3
    dataset = CATALOGUE[name]
    chunk = chunk_of(dataset)[-90:]  # more rejects than that, twice, would be a storm
    shop = workshop_of(dataset)
    books = topics.BOOKS
    together = [one for one in shop.refine(chunk).messages if one.topic != books]
    alone = [one for record in chunk for one in shop.refine([record]).messages]
    assert together == [one for one in alone if one.topic != books]
    assert len(chunk) > 1


@pytest.mark.parametrize("name", DATASETS)
def test_the_usual_record_is_read_as_the_careful_reader_reads_it(name: str) -> None:
    dataset = CATALOGUE[name]
    chunk = chunk_of(dataset)
    for record in chunk:
        assert reader(dataset)(record) == Reader(dataset).read(record)
    assert usual_reader(dataset)(chunk[0], chunk[0].value or b"") is not None


def spoilt() -> dict[str, tuple[Row, bytes | None]]:
    """What makes a record unusual: parts of its envelope that are other, and its key."""
    dataset = CATALOGUE["tp_khai_sinh"]
    base = bases()[dataset.id].row
    key = b'{"id":%d}' % base["id"]
    text, in_base64 = PLACEHOLDERS
    return {
        "an unchanged TOASTed text": ({"after": base | {"ho": text}}, key),
        "the same as base64": ({"after": base | {"ho": in_base64}}, key),
        "the key of another row": ({}, b'{"id":9999}'),
        "no key": ({}, None),
        "a null in the key": ({"after": base | {"id": None}}, b'{"id":null}'),
        "no row": ({"after": None}, key),
        "an unknown operation": ({"op": "x"}, key),
        "a truncate": ({"op": "t", "after": None}, None),
        "too many columns": ({"after": base | {f"c{n}": 0 for n in range(MOST_FIELDS)}}, key),
        "too large a row": ({"after": base | {"ho": "x" * LARGEST_ROW}}, key),
        "a source that says no place": ({"source": {"connector": "postgresql"}}, key),
    }


@pytest.mark.parametrize("why", spoilt())
def test_what_is_not_usual_is_judged_by_the_careful_reader(why: str) -> None:  # Invariant 7
    dataset = CATALOGUE["tp_khai_sinh"]
    other, key = spoilt()[why]
    whole = usual(change(dataset, "c", bases()[dataset.id].row))
    value = _compact(json.loads(whole.value or b"") | other)
    record = whole._replace(key=key, value=value)
    found = reader(dataset)(record)
    assert found == Reader(dataset).read(record)
    assert isinstance(found, Rejected)


def test_the_key_of_a_record_may_be_written_otherwise() -> None:
    dataset = CATALOGUE["tp_khai_sinh"]
    whole = usual(change(dataset, "c", bases()[dataset.id].row))
    spaced = whole._replace(key=(whole.key or b"").replace(b":", b" : "))
    assert usual_reader(dataset)(spaced, spaced.value or b"") is None
    assert reader(dataset)(spaced) == reader(dataset)(whole)
    assert isinstance(reader(dataset)(spaced), Change)
