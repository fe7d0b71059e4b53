"""The notes beside commits: what other rules have sent is looked up before anything is sent."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.marks import Mark, decided, decode, encode
from streams.marks import Marks


class Place(NamedTuple):
    """A partition."""

    topic: str
    partition: int


P0, BEAT = Place("raw.a", 0), Place("raw.beat", 0)


class Kafka:
    """What is committed, what was sent beyond it, and what the driver is told to keep."""

    def __init__(self, committed: int, mark: Mark, firsts: Mapping[int, str] | None = None) -> None:
        self.answer = {P0: (committed, mark)}
        self.firsts = firsts or {}
        self.looked: list[Mapping[int, int]] = []
        self.kept: list[dict[Any, int]] = []

    def ask(self, places: list[Any]) -> Mapping[Any, tuple[int, Mark]]:
        """Answer for the one partition."""
        return {place: self.answer[place] for place in places}

    def look(self, topic: str, starts: Mapping[int, int]) -> Mapping[int, Mapping[int, str]]:
        """Find what was sent."""
        assert topic == P0.topic
        self.looked.append(starts)
        return {0: self.firsts}

    async def keep(self, offsets: dict[Any, int]) -> None:
        """Commit the same offsets with the new note."""
        self.kept.append(offsets)

    def loaded(self, ruleset: int = 2) -> Marks:
        """The notes of a worker of *ruleset* once it knows the partition."""
        marks = Marks({P0.topic: ruleset}, self.ask, self.look)
        asyncio.run(marks.load([P0, BEAT], self))
        return marks


def test_a_note_survives_its_way_and_what_is_not_ours_says_nothing() -> None:
    mark = Mark(again=7, rulesets=(1, 2), rewound="x")
    assert decode(encode(mark)) == mark
    assert encode(mark).endswith("\0")  # librdkafka does not end it, its client reads on
    assert decode(encode(mark) + "rubbish behind it in memory") == mark
    assert [decode(text) for text in (None, "", "rubbish", "[]")] == [Mark()] * 4
    assert (decided(5, mark), decided(9, mark)) == (7, 9)


def test_under_the_same_rules_nothing_is_looked_up() -> None:
    kafka = Kafka(100, Mark(rulesets=(2,)))
    marks = kafka.loaded()
    assert (kafka.looked, kafka.kept) == ([], [])
    assert not marks.past(P0).had(100)
    assert decode(marks.note(P0, 150)) == Mark(rulesets=(2,))


def test_what_other_rules_sent_beyond_the_commit_had_its_verdict() -> None:  # Invariant 2
    kafka = Kafka(100, Mark(rulesets=(1,)), {101: "reject", 105: "clean"})
    marks = kafka.loaded()
    assert kafka.looked == [{0: 100}]
    assert [offset for offset in range(99, 110) if marks.past(P0).had(offset)] == [101, 105]


def test_our_own_rules_are_noted_before_we_send_until_the_others_are_behind() -> None:
    kafka = Kafka(100, Mark(rulesets=(1,)), {101: "reject", 105: "clean"})
    marks = kafka.loaded()
    assert kafka.kept == [{P0: 100}]  # Invariant 8: killed after this, the next one looks again
    assert decode(marks.note(P0, 100)).rulesets == (1, 2)
    assert decode(marks.note(P0, 105)).rulesets == (1, 2)
    assert decode(marks.note(P0, 106)).rulesets == (2,)


def test_where_nobody_has_committed_everything_sent_is_looked_up() -> None:
    kafka = Kafka(0, Mark(), {3: "clean"})
    marks = kafka.loaded()
    assert kafka.looked == [{0: 0}]
    assert kafka.kept == []
    assert marks.past(P0).had(3)
    assert decode(marks.note(P0, 2)).rulesets is None  # the next one has to look, too
    assert decode(marks.note(P0, 4)).rulesets == (2,)


def test_a_partition_set_back_keeps_how_far_it_had_come() -> None:
    marks = Kafka(100, Mark(rulesets=(2,))).loaded()
    assert marks.rewind(P0, "one", 140) == 140
    assert [marks.past(P0).had(offset) for offset in (0, 139, 140)] == [True, True, False]
    assert decode(marks.note(P0, 10)) == Mark(again=140, rulesets=(2,), rewound="one")
    assert decode(marks.note(P0, 140)) == Mark(rulesets=(2,), rewound="one")
    assert marks.rewind(P0, "two", 20) == 140  # set back twice: no verdict is forgotten


def test_a_successor_knows_what_was_set_back() -> None:
    mark = Mark(again=140, rulesets=(1,), rewound="one")
    kafka = Kafka(10, mark)
    marks = kafka.loaded()
    assert kafka.looked == [{0: 140}]  # below, everything had its verdict anyway
    assert marks.rewound(P0) == "one"
    assert marks.past(P0).had(139)


def test_what_is_not_known_is_not_committed_and_heartbeats_need_no_note() -> None:
    marks = Kafka(0, Mark()).loaded()
    assert marks.knows(P0)
    assert marks.note(BEAT, 5) == ""
    marks.forget([P0])
    assert not marks.knows(P0)
    assert marks.knows(BEAT)
