"""The books in memory: window days, repeats, moves, winners."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from support.deliveries import OCOP, KnownSchemas, Writer

from consumers.arrivals import Reader, winners
from consumers.batch import Move, moves
from consumers.decoding import Decoder
from consumers.ledger.counts import Counts, window_day
from consumers.ledger.progress import Repeats
from consumers.record_code import raw_origin
from consumers.rejects import read_reject, row_key
from consumers.table import Table
from infra.errors import Fatal
from infra.kafka_reader import Place
from schemas import topics
from schemas.records import Origin

PLACE = Place(topics.clean(OCOP), 0)


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("commit", "day"),
    [
        ("2026-03-11T10:00:00", "2026-03-11"),  # 17:00 sharp in Sơn La
        ("2026-03-11T10:00:00.000001", "2026-03-12"),
        ("2026-03-10T10:00:00.000001", "2026-03-11"),
        ("2026-03-11T23:30:00", "2026-03-12"),
        ("1969-12-31T09:00:00", "1969-12-31"),
    ],
)
def test_a_window_ends_at_five_in_the_afternoon(commit: str, day: str) -> None:
    assert window_day(micros(commit)) * 86_400_000_000 == micros(f"{day}T00:00:00")


def test_a_result_at_or_below_the_highest_raw_offset_is_a_repeat() -> None:
    stream = (*PLACE, "raw.x", 3)
    repeats = Repeats({stream: 5})
    met = [repeats.met(PLACE, Origin("raw.x", 3, offset)) for offset in (5, 6, 6, 9, 8)]
    assert met == [True, False, True, False, True]
    assert not repeats.met(PLACE, Origin("raw.x", 4, 0))
    assert repeats.highest == {stream: 9, (*PLACE, "raw.x", 4): 0}


def test_a_gap_in_the_offsets_moves_the_place_past_it() -> None:
    writer = Writer()
    first = writer.clean(1, 10)
    writer.skip_to(topics.clean(OCOP), 40)
    assert moves([first, writer.clean(2, 11)], {PLACE: 0}) == {PLACE: Move(0, 41)}


def test_one_winner_a_key_and_every_other_is_counted() -> None:
    reader = Reader(OCOP, Table(OCOP), Decoder(KnownSchemas()))
    writer, counts = Writer(), Counts("clean")
    records = [writer.clean(1, at) for at in (10, 30, 20, 30)] + [writer.clean_gone(2, 11)]
    chosen = winners((reader.read(one, raw_origin(one)) for one in records), counts)
    assert {key: one.order.position for key, one in chosen.items()} == {"[1]": 30, "[2]": 11}
    assert counts.totals == {"superseded": 2, "replayed": 1}


def test_a_clean_record_without_its_origin_is_refused_without_its_content() -> None:
    record = replace(Writer().clean(1, 10), headers={})
    with pytest.raises(Fatal) as refused:
        raw_origin(record)
    assert "Mận" not in str(refused.value)


def test_the_key_of_a_reject_is_that_of_its_row() -> None:
    assert row_key(OCOP, b'{"id":17}') == "[17]"
    assert row_key(OCOP, b'{"id":"M\xe1\xba\xadn"}') == '["Mận"]'
    assert [row_key(OCOP, key) for key in (None, b"", b"[]", b'{"ma":1}', b"\xff")] == [None] * 5


def test_problems_that_cannot_be_read_are_said_to_be_so() -> None:
    record = Writer().reject(1, 10)
    unreadable = replace(record, headers=record.headers | {"suoi.problems": "{"})
    (problem,) = read_reject(OCOP, unreadable).facts["problems"]
    assert problem["code"] == "envelope.undecodable"
    with_nul = record.headers | {"suoi.problems": '[{"code":"text.nul","message":"a\\u0000b"}]'}
    (problem,) = read_reject(OCOP, replace(record, headers=with_nul)).facts["problems"]
    assert problem["message"] == "a�b"  # jsonb holds no U+0000
