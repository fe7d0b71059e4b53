"""A row has one name, whoever reads it: streams from the raw record, quarantine from the reject."""

import pytest
from support.raw import PRODUCTS, Raw, change

from consumers.rejects import row_key
from schemas.identity import NAMELESS, key_of, key_text
from schemas.records import Change, Rejected
from streams.envelope import Reader

ODD = {
    "17": "[17]",
    "-9223372036854775808": "[-9223372036854775808]",
    "18446744073709551615": "[18446744073709551615]",
    "123456789012345678901234567890": "[123456789012345678901234567890]",
    "1.0": "[1.0]",
    "0.1": "[0.1]",
    "1e16": "[1e16]",
    "1e-7": "[1e-7]",
    "true": "[true]",
    '"Mận hậu"': '["Mận hậu"]',
    '"M\\u1eadn"': '["Mận"]',
    '"Mậ\\u006e\\/\\""': '["Mận/\\""]',
    '"\\ud83d\\ude00"': '["😀"]',
    '"a\\u0000\\t\\u007f\\u2028"': '["a\\u0000\\t\x7f\u2028"]',
    '" 5 "': '[" 5 "]',
    '""': '[""]',
}
"""A source key as Debezium writes it -> `_key`."""


def read(key: bytes | None) -> Change | Rejected:
    """What streams makes of a delete whose record has *key*; it needs no row image."""
    record: Raw = change(PRODUCTS, "d", None, key=key)
    found = Reader(PRODUCTS).read(record)
    assert isinstance(found, Change | Rejected)
    return found


@pytest.mark.parametrize(("given", "named"), ODD.items())
def test_streams_and_quarantine_give_a_row_the_same_name(given: str, named: str) -> None:
    key = f'{{"id":{given}}}'.encode()
    found = read(key)
    assert isinstance(found, Change)
    assert found.key == named
    assert row_key(PRODUCTS, key) == named


@pytest.mark.parametrize("key", [b'{"id":null}', b'{"ma":1}', b"{}"])
def test_what_names_no_row_has_no_key_in_quarantine(key: bytes) -> None:
    found = read(key)
    assert isinstance(found, Rejected)
    assert found.change is not None
    assert found.change.key == NAMELESS
    assert row_key(PRODUCTS, key) is None


@pytest.mark.parametrize("key", [b"[1]", b"17", b'{"id":"\xff"}', b'{"id":"\\ud800"}', b"{", b""])
def test_a_key_that_is_no_object_is_a_value_error_and_a_reject(key: bytes) -> None:
    with pytest.raises(ValueError, match=r"no JSON object|utf-8"):
        key_of(("id",), key)
    found = read(key or b"[]")
    assert isinstance(found, Rejected)
    assert found.change is None
    assert row_key(PRODUCTS, key) is None


def test_the_parts_stand_in_the_contract_s_order() -> None:
    assert key_of(("xa", "nam", "so"), b'{"so":12,"nam":2026,"xa":"03646"}') == '["03646",2026,12]'
    assert key_text(["03646", 2026, None]) == NAMELESS  # half a name is none
