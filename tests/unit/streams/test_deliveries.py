"""What may be committed, and what becomes of deliveries whose topic is held."""

from dataclasses import dataclass
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from streams.deliveries import Deliveries


class Place(NamedTuple):
    """A partition."""

    topic: str
    partition: int


@dataclass
class Chunk:
    """A delivery of the offsets *first* to *offset*."""

    first: int
    offset: int
    durable: int | None = None
    void: bool = False

    def settle(self, end: int | None = None) -> None:
        """As the driver's settle."""
        self.durable = self.offset + 1 if end is None else end


A0, A1, B0 = Place("a", 0), Place("a", 1), Place("b", 0)


def delivered(*chunks: Chunk, place: Place = A0) -> Deliveries:
    found = Deliveries()
    for chunk in chunks:
        found.enter(place, chunk)
    return found


def test_only_the_settled_prefix_may_be_committed() -> None:
    first, second, third = Chunk(0, 9), Chunk(10, 19), Chunk(20, 29)
    deliveries = delivered(first, second, third)
    third.settle()
    assert deliveries.reached(A0) is None  # Invariant 1
    first.settle()
    assert deliveries.reached(A0) == 10
    second.settle()
    assert deliveries.reached(A0) == 30


def test_a_chunk_durable_in_part_is_committed_in_part() -> None:
    first, second = Chunk(0, 9), Chunk(10, 19)
    deliveries = delivered(first, second)
    first.settle()
    second.settle(13)
    assert deliveries.reached(A0) == 13
    assert deliveries.reached(A0) == 13  # and it stays there


def test_what_a_held_topic_has_not_made_durable_is_void_and_comes_again() -> None:
    first, second, third = Chunk(0, 9), Chunk(10, 19), Chunk(20, 29)
    deliveries = delivered(first, second, third)
    first.settle()
    second.settle(13)
    deliveries.hold("a")
    assert (first.void, second.void, third.void) == (False, True, True)
    assert deliveries.reached(A0) == 13
    deliveries.release("a")
    assert deliveries.holds("a")  # until the consumer stands there
    assert deliveries.back(deliveries.freed(), {A0}) == {A0: 13}
    deliveries.go_on({"a"})
    assert not deliveries.holds("a")
    assert deliveries.reached(A0) == 13


def test_a_late_settlement_of_a_void_chunk_moves_nothing() -> None:
    chunk = Chunk(5, 9)
    deliveries = delivered(chunk)
    deliveries.hold("a")
    chunk.settle()
    assert deliveries.reached(A0) == 5


def test_a_topic_is_held_alone_in_all_its_partitions() -> None:
    deliveries, others, elsewhere = Deliveries(), Chunk(3, 4), Chunk(0, 1)
    deliveries.enter(A1, others)
    deliveries.enter(B0, elsewhere)
    deliveries.hold("a")
    assert deliveries.holds("a")
    assert not deliveries.holds("b")
    assert (others.void, elsewhere.void) == (True, False)


def test_what_was_fetched_in_vain_is_read_again_from_its_first_record() -> None:
    deliveries = Deliveries()
    deliveries.hold("a")
    deliveries.skip(A0, 40)
    deliveries.skip(A0, 60)
    deliveries.release("a")
    assert deliveries.back({"a"}, {A0}) == {A0: 40}


def test_holding_twice_and_again_while_going_back_keeps_the_place() -> None:
    chunk = Chunk(7, 9)
    deliveries = delivered(chunk)
    deliveries.hold("a")
    deliveries.hold("a")
    deliveries.release("a")
    going = deliveries.freed()
    deliveries.hold("a")
    deliveries.go_on(going)
    assert deliveries.holds("a")
    assert deliveries.freed() == frozenset()
    assert deliveries.back({"a"}, {A0}) == {A0: 7}


def test_partitions_that_went_to_others_are_forgotten() -> None:
    chunk = Chunk(7, 9)
    deliveries = delivered(chunk)
    deliveries.hold("a")
    deliveries.forget([A0, A1])
    deliveries.release("a")
    assert deliveries.back({"a"}, {A0}) == {}
    assert deliveries.reached(A0) is None


def test_a_rebalance_forgets_deliveries_and_keeps_what_is_held() -> None:
    deliveries = delivered(Chunk(7, 9))
    deliveries.hold("a")
    deliveries.forget()
    assert deliveries.holds("a")
    assert deliveries.places() == ()


def test_a_partition_that_is_not_ours_is_not_sought() -> None:
    deliveries = delivered(Chunk(7, 9))
    deliveries.hold("a")
    assert deliveries.back({"a"}, set()) == {}


@given(st.lists(st.sampled_from(["deliver", "settle", "hold", "go on"]), max_size=40))
def test_whatever_happens_records_are_judged_in_order_and_none_is_passed(steps: list[str]) -> None:
    """A worker in small: it settles the oldest chunk that is not void, fetches where it stands."""
    deliveries, waiting, position, judged = Deliveries(), list[Chunk](), 0, 0
    for step in steps:
        if step == "deliver" and not deliveries.holds("a"):
            waiting.append(Chunk(position, position + 1))
            deliveries.enter(A0, waiting[-1])
            position += 2
        elif step == "settle" and waiting:
            chunk = waiting.pop(0)
            if not chunk.void:
                assert chunk.first == judged  # nothing passed, nothing out of order
                judged = chunk.offset + 1
                chunk.settle()
        elif step == "hold":
            deliveries.hold("a")
        elif step == "go on":
            deliveries.release("a")
            position = deliveries.back(deliveries.freed(), {A0}).get(A0, position)
            deliveries.go_on(deliveries.freed())
        assert (deliveries.reached(A0) or 0) <= judged  # Invariant 1


def test_what_retention_took_before_it_was_fetched_is_known_once() -> None:  # Invariant 10
    deliveries = Deliveries()
    deliveries.expect({A0: 10})
    assert deliveries.due(A0, 50) == 10
    assert deliveries.due(A0, 60) == 60  # from then on each fetch follows the one before
    assert deliveries.due(A1, 7) == 7  # a partition without a committed offset promises nothing
    deliveries.expect({A0: 10})
    deliveries.forget()
    assert deliveries.due(A0, 50) == 50
