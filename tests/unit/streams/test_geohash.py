"""A point lies in the cell of its parcel's id: compared with a plain bisection in fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from streams.geohash import in_cell, in_province

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_MARGIN = Fraction(1, 10**7)


def halves(cell: str) -> tuple[list[Fraction], list[Fraction]]:
    """(south, north) and (west, east) of *cell*, halved once for each bit."""
    latitude, longitude = [Fraction(-90), Fraction(90)], [Fraction(-180), Fraction(180)]
    bits = "".join(f"{_ALPHABET.index(letter):05b}" for letter in cell)
    for place, bit in enumerate(bits):
        edges = latitude if place % 2 else longitude
        edges[bit == "0"] = sum(edges, Fraction()) / 2
    return latitude, longitude


def text(degrees: Fraction, steps: int) -> str:
    """*degrees* moved by *steps* of 1e-8, as our decimals are written."""
    whole = int(degrees * 10**8) + steps
    return f"{whole // 10**8}.{whole % 10**8:08}".rstrip("0").rstrip(".")


@given(
    tail=st.text(alphabet=_ALPHABET, min_size=10, max_size=10),
    up=st.integers(-20, 40),
    right=st.integers(-20, 60),
)
def test_a_point_is_inside_where_halving_says_so(tail: str, up: int, right: int) -> None:
    (south, north), (west, east) = halves(f"w7{tail}")
    latitude, longitude = text(south, up), text(west, right)
    wanted = (
        south - _MARGIN <= Fraction(latitude) <= north + _MARGIN
        and west - _MARGIN <= Fraction(longitude) <= east + _MARGIN
    )
    assert in_cell(f"w7{tail}", latitude, longitude) == wanted


def test_the_ministrys_example_lies_in_to_hieu() -> None:
    assert in_cell("w7cckf8bxg4j", "21.32731232", "103.92104315")
    assert not in_cell("w7cckf8bxg4j", "21.3273", "103.921")


def test_the_edges_of_the_province_are_inside() -> None:
    assert in_province("20.57", "103.21")
    assert in_province("22.03", "105.03")
    assert not in_province("20.56999999", "104")
    assert not in_province("22.03000001", "104")
    assert not in_province("21", "103.20999999")
    assert not in_province("21", "105.03000001")
