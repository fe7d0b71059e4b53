"""A lane measures its parts in turn and outlives whatever it meets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from infra.errors import Fatal, Transient, Trouble
from infra.metrics.family import Family, Sample
from infra.metrics.sampler import Lane, Turn, shelf_of

OPEN = Family("suoi_quarantine_open_items", "Open items.", ("dataset",))
SEEN = Family("suoi_slot_active", "Followed.", ("source",))


class Place:
    """What a lane opens; counts how often, and whether it was closed each time."""

    def __init__(self, *troubles: Trouble) -> None:
        self.opened = self.closed = 0
        self._troubles = list(troubles)

    @contextmanager
    def open(self) -> Iterator["Place"]:
        """Open it, or meet the next trouble."""
        self.opened += 1
        if self._troubles:
            raise self._troubles.pop(0)
        try:
            yield self
        finally:
            self.closed += 1


def ending(stop: threading.Event, *answers: list[Sample] | Trouble) -> Callable[..., list[Sample]]:
    """Give the *answers* one after another; with the last one it is time to stop."""
    left = list(answers)

    def measure(_: Place) -> list[Sample]:
        answer = left.pop(0)
        if not left:
            stop.set()
        if isinstance(answer, Trouble):
            raise answer
        return answer

    return measure


def shown(page: bytes) -> list[str]:
    return [line for line in page.decode().splitlines() if line.startswith("suoi_quarantine")]


@pytest.mark.timeout(10)
def test_a_part_that_fails_hides_no_other_and_is_measured_again() -> None:
    stop, place = threading.Event(), Place()
    known, one = OPEN.of(1, "a"), SEEN.of(1, "b")
    lane: Lane[Place] = Lane(
        place.open,
        {
            "ill": Turn(0.001, ending(stop, Transient("away."), list(known))),
            "well": Turn(0.001, lambda _: list(one)),
        },
    )
    shelf = shelf_of([lane])
    lane.go_on(shelf, stop)
    assert shown(shelf.page()) == ['suoi_quarantine_open_items{dataset="a"} 1.0']
    assert b'suoi_slot_active{source="b"} 1.0' in shelf.page()
    assert place.opened == place.closed == 2  # Invariant 8: what broke was opened anew


@pytest.mark.timeout(10)
@pytest.mark.parametrize("trouble", [Transient("away."), Fatal("refused.")])
def test_what_cannot_be_opened_is_tried_again(trouble: Trouble) -> None:
    stop, place = threading.Event(), Place(trouble)
    lane: Lane[Place] = Lane(place.open, {"part": Turn(0.001, ending(stop, list(OPEN.of(1, "a"))))})
    shelf = shelf_of([lane])
    lane.go_on(shelf, stop)
    assert place.opened == 2
    assert shown(shelf.page())


@pytest.mark.timeout(10)
def test_a_part_that_stays_ill_is_unknown() -> None:
    stop, place = threading.Event(), Place()
    measure = ending(stop, list(OPEN.of(1, "a")), Transient("away."))
    lane: Lane[Place] = Lane(place.open, {"part": Turn(0.001, measure)})
    shelf = shelf_of([lane])
    lane.go_on(shelf, stop)
    assert shown(shelf.page()) == []  # Invariant 9
    assert b'suoi_part_known{component="part"} 0.0' in shelf.page()


@pytest.mark.timeout(10)
def test_a_fault_of_ours_is_no_trouble_and_ends_the_lane() -> None:
    def broken(_: Place) -> list[Sample]:
        raise KeyError

    lane: Lane[Place] = Lane(Place().open, {"part": Turn(0.001, broken)})
    with pytest.raises(KeyError):
        lane.go_on(shelf_of([lane]), threading.Event())
