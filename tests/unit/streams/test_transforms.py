"""What the public sees in place of a value: the band of an area, never the area."""

import pytest
from support.judging import CATALOGUE, judge_row

from schemas.odcs.words import TRANSFORMS as KNOWN
from streams.projection import Projector
from streams.transforms import TRANSFORMS, area_band

PARCELS = CATALOGUE["nnmt_thua_dat"]


@pytest.mark.parametrize(
    ("area", "band"),
    [
        ("-0.5", "<100"),
        ("0.01", "<100"),
        ("99.99", "<100"),
        ("100", "100–500"),
        ("499.99", "100–500"),
        ("500", "500–1000"),
        ("1000", "1000–10000"),
        ("9999.99", "1000–10000"),
        ("10000", "1000–10000"),
        ("10000.00", "1000–10000"),
        ("10000.01", ">10000"),
        ("10001", ">10000"),
        (None, None),
    ],
)
def test_an_area_falls_into_one_band(area: str | None, band: str | None) -> None:
    assert area_band(area) == band


def test_contracts_may_name_exactly_the_transforms_there_are() -> None:
    assert set(KNOWN) == set(TRANSFORMS)


def test_an_open_parcel_shows_the_band_and_never_the_area() -> None:  # Invariant 6
    judged = judge_row("nnmt_thua_dat")
    opening = Projector(PARCELS, None).accepted(judged.values, judged.flags)
    assert opening.values is not None
    names = [column.name for column in PARCELS.open_columns]
    row = dict(zip(names, opening.values, strict=True))
    assert row["dien_tich_m2"] == "100–500"
    assert "212.5" not in str(row)
    assert not {"ten_chu", "so_giay_to_chu", "vi_do", "kinh_do", "so_gcn"} & set(row)
