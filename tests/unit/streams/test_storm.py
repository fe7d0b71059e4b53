"""Reject storms: what is counted, when a dataset stops, and what a resume forgets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.contracts import a_dataset
from support.raw import BIRTHS, PRODUCTS, Raw, change
from support.workshops import CLEAN_ROW, REFUSED_ROW, a_workshop

from schemas import control, topics
from schemas.control import STORM
from schemas.records import Origin, Rejected
from streams.storm import LEAST, WINDOW_S, Storms, Window, counted
from streams.workshop import LOT, Workshop

NEXT = Origin("raw.so_thu.thu.thu", 0, 99)
HALF = a_dataset()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Clock:
    """Seconds, as the test says."""

    now = 1000.0

    def __call__(self) -> float:
        """Give them."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workshop(clock: Clock) -> Workshop:
    made = a_workshop()
    made.storms = Storms(clock)
    return made


def chunk(refused: int, clean: int, op: str = "u", first: int = 0) -> list[Raw]:
    rows = [REFUSED_ROW] * refused + [CLEAN_ROW] * clean
    return [change(PRODUCTS, op, row, offset=first + place) for place, row in enumerate(rows)]


def test_more_than_the_share_of_enough_records_stops_the_dataset(workshop: Workshop) -> None:
    refined = workshop.refine(chunk(LEAST, 0))
    stop = refined.stop
    assert stop is not None
    assert stop.cause is not None
    assert stop.cause.code == STORM
    assert stop.offset == -(-LEAST // LOT) * LOT or stop.offset == LEAST
    assert sum(refined.counts.values()) == stop.offset
    assert str(stop.offset) in stop.cause.en
    assert "50 %" in stop.cause.en
    assert "50%" in stop.cause.vi
    assert stop.cause.at == stop.at


def test_everything_before_the_stop_is_sent_and_booked(workshop: Workshop) -> None:
    refined = workshop.refine(chunk(400, 0))
    assert refined.stop is not None
    sent = [one for one in refined.messages if one.topic == topics.reject(PRODUCTS)]
    assert len(sent) == refined.stop.offset < 400  # Invariant 2: the rest is in flight
    assert refined.messages[-1].topic == topics.BOOKS


@pytest.mark.parametrize(
    ("refused", "clean"), [(LEAST - 1, 0), (LEAST // 2, LEAST // 2), (20, 400), (0, 400)]
)
def test_fewer_records_or_a_lawful_share_stop_nothing(
    workshop: Workshop, refused: int, clean: int
) -> None:
    mixed = [one for pair in zip(chunk(0, clean), chunk(refused, 0), strict=False) for one in pair]
    rest = chunk(0, clean)[refused:] + chunk(refused, 0)[clean:]
    assert workshop.refine(mixed + rest).stop is None


def test_a_load_never_storms(workshop: Workshop) -> None:
    assert workshop.refine(chunk(1000, 0, op="r")).stop is None
    assert workshop.refine(chunk(LEAST - 1, 0)).stop is None


def test_what_is_older_than_the_window_is_forgotten(workshop: Workshop, clock: Clock) -> None:
    assert workshop.refine(chunk(LEAST - 1, 0)).stop is None
    clock.now += WINDOW_S + 5
    assert workshop.refine(chunk(1, 0)).stop is None
    assert workshop.refine(chunk(LEAST - 2, 0)).stop is None
    assert workshop.refine(chunk(1, 0)).stop is not None


def test_a_resume_begins_a_new_window(workshop: Workshop) -> None:
    assert workshop.refine(chunk(LEAST, 0)).stop is not None
    assert workshop.refine(chunk(1, 0)).stop is not None
    workshop.storms.forget(PRODUCTS.id, LONG_AGO)
    assert workshop.refine(chunk(LEAST - 1, 0)).stop is None
    assert workshop.refine(chunk(1, 0)).stop is not None


def test_one_resume_covers_what_had_come_by_then(workshop: Workshop) -> None:
    waiting, later = chunk(10 * LEAST, 0), chunk(LEAST, 0, first=10 * LEAST)
    captured = datetime.fromtimestamp(1_773_200_000.05, UTC)  # support.raw
    workshop.storms.forget(PRODUCTS.id, captured)
    assert workshop.refine(waiting).stop is not None  # captured at that moment: not before it
    workshop.storms.forget(PRODUCTS.id, captured + timedelta(microseconds=1))
    assert workshop.refine(waiting).stop is None
    workshop.storms.forget(PRODUCTS.id, captured)
    assert workshop.refine(later).stop is not None


def test_each_dataset_is_counted_alone(workshop: Workshop) -> None:
    assert workshop.refine(chunk(LEAST - 1, 0)).stop is None
    births = [change(BIRTHS, "c", {"id": 1, "bad": [("field.missing", "ho")]}) for _ in range(100)]
    assert workshop.refine(births).stop is None


def test_a_contract_of_a_hundred_per_cent_never_stops() -> None:
    storms, sample = Storms(), a_dataset(id="mau", reject_share="1.00")
    refused = [Rejected(dataset="t", origin=NEXT, change=None, problems=(), scope="")] * 1000
    assert storms.after(sample, refused, NEXT) is None
    assert storms.after(HALF, refused, NEXT) is not None


def test_what_cannot_be_decoded_counts_as_refused() -> None:
    refused = Rejected(dataset="t", origin=NEXT, change=None, problems=(), scope="")
    assert counted([refused] * 3) == (3, 3)


def test_the_share_is_exact() -> None:
    storms, third = Storms(), a_dataset(id="ba", reject_share="0.30")
    refused: Any = Rejected(dataset="t", origin=NEXT, change=None, problems=(), scope="")
    clean: Any = type("Clean", (), {"change": None})()
    assert storms.after(third, [clean] * 700 + [refused] * 300, NEXT) is None
    assert storms.after(third, [refused], NEXT) is not None


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 50), st.integers(0, 50))))
def test_a_window_holds_what_its_slices_hold(steps: list[tuple[int, int, int]]) -> None:
    window, now, met = Window(1), 0.0, []
    for wait, judged, refused in steps:
        now += wait
        window.add(now, judged + refused, refused)
        met.append((now - now % 5, judged + refused, refused))
        kept = [one for one in met if one[0] > now - WINDOW_S]
        assert window.judged == sum(one[1] for one in kept)
        assert window.refused == sum(one[2] for one in kept)


def test_the_cause_travels_as_any_other() -> None:
    standing = control.paused("thu", control.stormy(HALF, 201, 240, "raw.x:0:7"), "streams")
    assert control.decode(b"thu", control.encode(standing)) == standing
