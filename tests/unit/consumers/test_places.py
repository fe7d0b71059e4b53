"""A place in one version of a topic never passes for one in another."""

import pytest

from consumers.places import NOWHERE, ending, place_in


@pytest.mark.parametrize(
    ("at", "major", "place"),
    [
        ("1:17", 1, "1:17"),
        ("1:17", 2, NOWHERE),
        ("1:17:v2", 2, "1:17"),
        ("1:17:v2", 1, NOWHERE),
        ("1:17:v2", 12, NOWHERE),
        (None, 1, NOWHERE),
    ],
)
def test_a_place_is_known_in_its_own_version_alone(at: str | None, major: int, place: str) -> None:
    assert place_in(at, major) == place


@pytest.mark.parametrize("major", [1, 2, 13])
def test_what_is_written_is_read_again(major: int) -> None:
    assert place_in(f"3:9{ending(major)}", major) == "3:9"
