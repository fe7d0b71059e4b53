"""A receipt is whole to its last byte, or it is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as some
from support.receipts import DAY, KEY, OTHER, body

from consumers.ledger.counts import window_day
from consumers.ledger.receipts.document import (
    Receipt,
    Signature,
    canonical,
    key_id,
    read,
    sha256,
    sign,
)
from consumers.ledger.receipts.window import instant, last_closed, window
from consumers.ledger.receipts.words import Fault

DOCUMENT = sign(body(), KEY)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def code(document: bytes, *trusted: Ed25519PublicKey) -> str:
    """Why *document* is refused; empty where it holds."""
    found = read(document, trusted)
    return found.code if isinstance(found, Fault) else ""


def signed(**facts: Any) -> bytes:  # noqa: ANN401  any field of a body
    return sign(msgspec.structs.replace(body(), **facts), KEY)


def test_what_was_signed_is_read_as_it_was() -> None:
    found = read(DOCUMENT, [KEY.public_key()])
    assert isinstance(found, Receipt)
    assert found.body == body()


def test_every_change_of_a_single_byte_is_refused() -> None:
    for at in range(len(DOCUMENT)):
        for change in (1, 0x20, 0x80):
            spoilt = bytearray(DOCUMENT)
            spoilt[at] ^= change
            assert code(bytes(spoilt)), f"byte {at} changed by {change:#x} was accepted"


@given(some.integers(0, len(DOCUMENT) - 1), some.integers(1, 255))
def test_no_byte_may_become_any_other(at: int, change: int) -> None:
    spoilt = bytearray(DOCUMENT)
    spoilt[at] ^= change
    assert code(bytes(spoilt))


@given(some.integers(0, len(DOCUMENT)), some.binary(min_size=1, max_size=3))
def test_no_byte_may_be_added_anywhere(at: int, more: bytes) -> None:
    assert code(DOCUMENT[:at] + more + DOCUMENT[at:])


@given(some.integers(0, len(DOCUMENT) - 1), some.integers(1, 50))
def test_no_byte_may_be_taken_away(at: int, count: int) -> None:
    assert code(DOCUMENT[:at] + DOCUMENT[at + count :])


@given(some.binary(max_size=200))
def test_what_is_no_receipt_is_refused_with_a_sentence(noise: bytes) -> None:
    found = read(noise)
    assert isinstance(found, Fault)
    assert found.vi
    assert found.en


@pytest.mark.parametrize("depth", [b"[" * 100_000, b'{"body":' * 100_000, b'"' + b"\\ud800" + b'"'])
def test_a_hostile_file_ends_in_a_sentence_not_a_traceback(depth: bytes) -> None:
    assert code(depth) == "not_a_receipt"


def test_the_same_meaning_in_another_text_is_refused() -> None:
    told = json.loads(DOCUMENT)
    for text in (
        json.dumps(told, ensure_ascii=False),
        json.dumps(told, separators=(",", ":")),
        DOCUMENT.decode().replace('"sequence":1', '"sequence":1.0'),
        DOCUMENT.decode().replace('"sequence":1', '"sequence":1,"sequence":1'),
        DOCUMENT.decode().rstrip("\n"),
    ):
        assert code(text.encode()) in {"not_canonical", "not_a_receipt"}


def test_small_and_capital_digits_of_a_signature_are_not_the_same() -> None:
    receipt = msgspec.json.decode(DOCUMENT, type=Receipt)
    for name in ("public_key", "value"):
        shouted = getattr(receipt.signature, name).upper()
        spoilt = msgspec.structs.replace(receipt.signature, **{name: shouted})
        assert code(_document(receipt, spoilt)) == "bad_signature"


def test_another_algorithm_is_refused() -> None:
    receipt = msgspec.json.decode(DOCUMENT, type=Receipt)
    spoilt = msgspec.structs.replace(receipt.signature, algorithm="none")
    assert code(_document(receipt, spoilt)) == "bad_signature"


def test_a_field_nobody_knows_is_refused() -> None:
    told = json.loads(DOCUMENT)
    told["body"]["extra"] = 1
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert code(text.encode()) == "not_a_receipt"


def test_a_receipt_signed_by_another_key_is_refused_where_the_province_s_is_given() -> None:
    forged = sign(body(key=key_id(OTHER.public_key())), OTHER)
    assert code(forged) == ""  # whole, but whose?
    assert code(forged, KEY.public_key()) == "other_key"
    assert code(forged, KEY.public_key(), OTHER.public_key()) == ""


def test_a_body_is_not_signed_by_a_key_it_does_not_name() -> None:
    with pytest.raises(ValueError, match="the key it names"):
        sign(body(), OTHER)
    receipt = msgspec.json.decode(DOCUMENT, type=Receipt)
    raw = OTHER.public_key().public_bytes_raw().hex()
    value = OTHER.sign(canonical(receipt.body)).hex()
    theirs = Signature(algorithm="Ed25519", public_key=raw, value=value)
    assert code(_document(receipt, theirs)) == "bad_signature"


@pytest.mark.parametrize(
    "facts",
    [
        {"day": "11/03/2026"},
        {"day": "2026-03-1\u0661"},  # a digit of another script
        {"unit": "so_nnmt\x1b[2J"},
        {"unit": "so_nnmt\n"},
        {"generated_at": "\x9b2J"},
        {"previous": "\x7f"},
        {"datasets": (msgspec.structs.replace(body().datasets[0], dataset="\x1b[2J"),)},
    ],
)
def test_a_word_that_could_harm_a_terminal_is_refused_although_signed(
    facts: dict[str, Any],
) -> None:
    assert code(signed(**facts)) == "not_a_receipt"


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "suoi.other"},
        {"version": 2},
        {"day": "2026-03-12"},
        {"day": "0001-01-01"},
        {"sequence": 0},
        {"sequence": 2, "previous": None},
        {"datasets": body().datasets * 2},
        {"datasets": (msgspec.structs.replace(body().datasets[0], complete=False),)},
        {"datasets": (msgspec.structs.replace(body().datasets[0], complete_through=None),)},
    ],
)
def test_what_contradicts_itself_is_refused_although_signed(facts: dict[str, Any]) -> None:
    assert code(signed(**facts)) == "contradiction"


def test_the_id_of_a_key_is_the_hash_of_its_raw_bytes() -> None:
    public = KEY.public_key()
    assert key_id(public) == sha256(public.public_bytes_raw())[:16]


def test_the_document_has_no_float_and_sorted_keys() -> None:
    def refuse(text: str) -> None:
        pytest.fail(f"a float: {text}")

    told = json.loads(DOCUMENT, parse_float=refuse)
    assert list(told) == sorted(told)
    assert list(told["body"]) == sorted(told["body"])
    assert json.loads(DOCUMENT)["body"]["notice"]["vi"].startswith("Số đếm")


@given(some.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001  UTC is added
def test_the_window_of_a_day_is_the_one_its_records_are_counted_in(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    micros = (moment - EPOCH) // timedelta(microseconds=1)
    day = date(1970, 1, 1) + timedelta(days=window_day(micros))
    span = window(day)
    assert span.after < moment <= span.through
    assert instant(span.after) < instant(moment) <= instant(span.through)


def test_the_last_closed_day_ends_at_five_in_the_afternoon() -> None:
    cut_off = datetime(2026, 3, 11, 10, tzinfo=UTC)
    assert last_closed(cut_off) == DAY
    assert last_closed(cut_off - timedelta(microseconds=1)) == DAY - timedelta(days=1)


def _document(receipt: Receipt, signature: Signature) -> bytes:
    return canonical(msgspec.structs.replace(receipt, signature=signature)) + b"\n"
