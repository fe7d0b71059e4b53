"""Binary arrays: the bytes PostgreSQL's array_recv expects, and never a formatted value."""

import struct

import pytest

from consumers.arrays import BOOLEAN, DATE, INTEGER, TEXT, TIMESTAMP, Element, encode, text_array


@pytest.mark.parametrize(
    ("element", "value", "packed"),
    [
        (TEXT, "Mận", b"\x00\x00\x00\x05M\xe1\xba\xadn"),
        (INTEGER, -2, b"\x00\x00\x00\x08" + b"\xff" * 7 + b"\xfe"),
        (BOOLEAN, True, b"\x00\x00\x00\x01\x01"),
        (DATE, 10_957, b"\x00\x00\x00\x04" + b"\x00" * 4),
        (TIMESTAMP, 946_684_800_000_001, b"\x00\x00\x00\x08" + b"\x00" * 7 + b"\x01"),
    ],
)
def test_one_value_lies_behind_its_length(element: Element, value: object, packed: bytes) -> None:
    head = struct.pack("!iiIii", 1, 0, element.oid, 1, 1)
    assert encode(element, [value]) == head + packed


def test_null_is_a_length_of_minus_one_and_is_announced() -> None:
    head = struct.pack("!iiIii", 1, 1, TEXT.oid, 2, 1)
    assert encode(TEXT, [None, ""]) == head + b"\xff\xff\xff\xff" + b"\x00\x00\x00\x00"


def test_an_empty_array_has_no_dimensions() -> None:
    assert encode(INTEGER, []) == struct.pack("!iiI", 0, 0, INTEGER.oid)


def test_the_text_of_an_array_quotes_every_element() -> None:
    assert text_array([]) == "{}"
    assert text_array(["A:b", 'c"d', "e\\f", "{,}"]) == '{"A:b","c\\"d","e\\\\f","{,}"}'
