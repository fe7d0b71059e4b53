"""Decoding: one whole record or Malformed, and no object but plain values."""

import struct

import pytest
from support.deliveries import NOON, OCOP, KnownSchemas, Writer

from consumers.decoding import Decoder, Malformed, plain, unscaled
from infra.errors import Transient
from schemas import avro

RECORD = Writer().clean(1, 10, ngay_cong_nhan=19_000, truy_xuat_nguon_goc=False).value or b""


def test_wire_values_stay_plain() -> None:
    fields = Decoder(KnownSchemas()).decode(RECORD)
    assert fields["ngay_cong_nhan"] == 19_000
    assert fields["_source_ts"] == NOON + 10
    assert fields["truy_xuat_nguon_goc"] is False
    assert fields["nguoi_dai_dien"] is None


@pytest.mark.parametrize(
    "value",
    [b"", b"\x00\x00", b"\x01" + RECORD[1:], RECORD[:-1], RECORD + b"\x00", RECORD[:5]],
    ids=["empty", "no id", "magic", "cut", "padded", "no body"],
)
def test_anything_but_one_whole_record_is_malformed(value: bytes) -> None:
    with pytest.raises(Malformed):
        Decoder(KnownSchemas()).decode(value)


def test_an_unknown_schema_is_transient_and_asked_again() -> None:
    class Late(KnownSchemas):
        def schema(self, number: int) -> dict[str, object]:
            if not asked:
                asked.append(number)
                message = "not yet"
                raise Transient(message)
            return super().schema(number)

    asked: list[int] = []
    decoder = Decoder(Late())
    with pytest.raises(Transient):
        decoder.decode(RECORD)
    assert decoder.decode(RECORD)["so_sao"] == 4
    assert struct.unpack_from(">bI", RECORD) == (0, asked[0])


def test_logical_types_are_taken_off_at_any_depth() -> None:
    assert "logicalType" not in str(plain(avro.clean_schema(OCOP)))


@pytest.mark.parametrize(
    ("number", "scale", "text"),
    [
        (0, 3, "0"),
        (1_234_500, 3, "1234.5"),
        (-5, 3, "-0.005"),
        (-1_000, 3, "-1"),
        (12, 0, "12"),
        (10**20, 2, "1" + "0" * 18),
    ],
)
def test_an_unscaled_decimal_has_one_text(number: int, scale: int, text: str) -> None:
    body = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    assert unscaled(body, scale) == text
    assert unscaled(None, scale) is None
