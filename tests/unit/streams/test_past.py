"""What was sent beyond a commit is found from the ends of clean and reject back to the commit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from support.raw import PRODUCTS

from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics
from streams import past
from streams.past import find_firsts

RAW = topics.raw(PRODUCTS)
CLEAN, REJECT = Place(topics.clean(PRODUCTS), 0), Place(topics.reject(PRODUCTS), 0)


class Sent(NamedTuple):
    """One record as Kafka gives it back."""

    given: list[tuple[str, bytes]]

    def headers(self) -> list[tuple[str, bytes]]:
        """Its headers."""
        return self.given


def clean(offset: int, partition: int = 0, *, again: bool = False) -> Sent:
    marked = [("suoi.again", b"1")] if again else []
    return Sent([("suoi.raw", f"{RAW}:{partition}:{offset}".encode()), *marked])


def reject(offset: int, partition: int = 0) -> Sent:
    values = (RAW, str(partition), str(offset))
    names = ("topic", "partition", "offset")
    return Sent([(f"__connect.errors.{n}", v.encode()) for n, v in zip(names, values, strict=True)])


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> dict[Place, list[Sent]]:
    """Clean and reject in memory."""
    kept: dict[Place, list[Sent]] = {CLEAN: [], REJECT: []}

    def read(_: object, stretches: Mapping[Place, tuple[int, int]]) -> Iterator[Sent]:
        for place, (first, end) in stretches.items():
            assert first >= 0
            yield from kept[place][first:end]

    def partitions(_: object, topic: str) -> list[Place]:
        return [place for place in kept if place.topic == topic]

    monkeypatch.setattr(kafka_reader, "read", read)
    monkeypatch.setattr(kafka_reader, "partitions", partitions)
    monkeypatch.setattr(kafka_reader, "bounds", lambda _, place: (0, len(kept[place])))
    monkeypatch.setattr(past, "_BLOCK", 2)
    return kept


def found(starts: dict[int, int]) -> Any:  # noqa: ANN401  as find_firsts
    return find_firsts(None, PRODUCTS, starts)  # type: ignore[arg-type]


def test_what_lies_beyond_the_commit_is_found_whatever_it_was(logs: Any) -> None:  # noqa: ANN401
    logs[CLEAN] += [clean(offset) for offset in (0, 1, 5, 6, 8)]
    logs[REJECT] += [reject(4), reject(7)]
    assert found({0: 6}) == {0: {6: "clean", 7: "reject", 8: "clean"}}  # Invariant 2


def test_second_results_and_other_partitions_say_nothing(logs: Any) -> None:  # noqa: ANN401
    logs[CLEAN] += [clean(5), clean(6), clean(9, 1), clean(2, again=True), clean(7, again=True)]
    assert found({0: 6}) == {0: {6: "clean"}}


def test_it_stops_at_the_first_result_that_lies_before(logs: Any) -> None:  # noqa: ANN401
    logs[CLEAN] += [Sent([]), Sent([]), clean(3), clean(5), clean(6)]  # the first two are not read
    assert found({0: 5}) == {0: {5: "clean", 6: "clean"}}


def test_nothing_was_sent(logs: Any) -> None:  # noqa: ANN401
    assert found({0: 0, 1: 0}) == {0: {}, 1: {}}
    assert logs


def test_what_a_sink_or_a_fill_wrote_again_says_nothing(logs: Any) -> None:  # noqa: ANN401
    copies = [Sent([*clean(offset).given, ("suoi.reemitted", b"1")]) for offset in (2, 3, 7)]
    logs[CLEAN] += [clean(0), clean(1), clean(5), clean(6), *copies]
    assert found({0: 5}) == {0: {5: "clean", 6: "clean"}}


def test_what_was_sent_to_the_version_before_is_found(logs: Any) -> None:  # noqa: ANN401
    raised = replace(PRODUCTS, version="2.0.0")
    logs[Place(topics.clean(raised), 0)] = []
    logs[CLEAN] += [clean(0), clean(1), clean(2)]
    assert find_firsts(None, raised, {0: 1}) == {0: {1: "clean", 2: "clean"}}  # type: ignore[arg-type]
