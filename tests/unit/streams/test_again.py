"""Records of replay.raw: judged under their place of then, with the rules of now."""

import dataclasses
import json
from typing import Any, NamedTuple

import pytest
from support.raw import PRODUCTS, Raw, change, raw
from support.workshops import CLEAN_ROW, REFUSED_ROW, a_workshop

from schemas import topics
from schemas.records import Origin
from schemas.replay import AGAIN, replay_headers
from streams.output import Message
from streams.workshop import Workshop

NEW = dataclasses.replace(PRODUCTS, revision=3)


@pytest.fixture
def workshop() -> Workshop:
    return a_workshop(NEW)


class Read(NamedTuple):
    """What a Kafka client hands over."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def replayed(given: Raw, ruleset: int = 1, generation: int | None = 4) -> Read:
    """*given* as the command writes it to replay.raw."""
    origin = Origin(given.topic, given.partition, given.offset)
    headers = replay_headers(origin, generation, ruleset, 11)
    coded = [(name, str(value).encode()) for name, value in headers]
    return Read(topics.REPLAY, 0, 900, given.key, given.value, coded)


def sent(workshop: Workshop, *records: Read) -> dict[str, Message]:
    return {one.topic: one for one in workshop.refine(list(records)).messages}


def test_it_keeps_its_place_and_generation_and_takes_the_new_ruleset(workshop: Workshop) -> None:
    given = change(PRODUCTS, "u", CLEAN_ROW, offset=7)
    found = workshop.refine([replayed(given)])
    live = workshop.refine([given._replace(headers=[("suoi.generation", b"4")])])
    clean, opened = found.messages
    assert (clean.topic, opened.topic) == (topics.clean(NEW), topics.open_(NEW))
    assert clean.value == live.messages[0].value  # byte for byte what the live record gives
    sent, wanted = ([(one.topic, one.key) for one in made.messages] for made in (found, live))
    assert sent == wanted[:2]
    for ours, theirs in zip(found.messages, live.messages, strict=False):
        assert ours.headers == [*theirs.headers, (AGAIN, "1")]
    assert found.counts == {"again:clean": 1}
    assert found.stop is None


def test_it_writes_nothing_into_the_books(workshop: Workshop) -> None:  # Invariant 2
    found = workshop.refine([replayed(change(PRODUCTS, "u", CLEAN_ROW))])
    assert topics.BOOKS not in {one.topic for one in found.messages}


@pytest.mark.parametrize("ruleset", [3, 4])
def test_the_same_ruleset_or_a_newer_one_does_nothing(workshop: Workshop, ruleset: int) -> None:
    found = workshop.refine([replayed(change(PRODUCTS, "u", CLEAN_ROW), ruleset)])
    assert found.messages == []
    assert found.counts == {"again:same_rules": 1}


def test_refused_again_it_says_so_under_the_new_ruleset(workshop: Workshop) -> None:
    message = sent(workshop, replayed(change(PRODUCTS, "u", REFUSED_ROW, offset=7)))
    refused = message[topics.reject(NEW)]
    headers = dict(refused.headers)
    assert (headers["suoi.ruleset"], headers["suoi.generation"], headers[AGAIN]) == ("3", "4", "1")
    assert headers["__connect.errors.offset"] == "7"


def test_what_did_not_decode_may_decode_now_and_says_ruleset_and_generation_if_not(
    workshop: Workshop,
) -> None:
    given = raw(PRODUCTS, b"{broken", key={"id": 5})
    headers = dict(sent(workshop, replayed(given))[topics.reject(NEW)].headers)
    assert (headers["suoi.ruleset"], headers["suoi.generation"]) == ("3", b"4")
    assert "suoi.position" not in headers
    first = workshop.refine([given])
    assert dict(first.messages[0].headers)["suoi.ruleset"] == "3"
    headers = dict(sent(workshop, replayed(given, 0, None))[topics.reject(NEW)].headers)
    assert "suoi.generation" not in headers


def test_a_delete_gives_its_tombstone_again(workshop: Workshop) -> None:
    message = sent(workshop, replayed(change(PRODUCTS, "d", None, before=CLEAN_ROW)))
    assert message[topics.clean(NEW)].value is None
    assert (AGAIN, "1") in message[topics.open_(NEW)].headers


@pytest.mark.parametrize(
    "wrong", ["__connect.errors.topic", "__connect.errors.offset", "suoi.ruleset"]
)
def test_a_record_that_does_not_say_what_it_was_is_passed_over_loudly(
    workshop: Workshop, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = replayed(change(PRODUCTS, "u", CLEAN_ROW))
    part = whole._replace(headers=[one for one in whole.headers if one[0] != wrong])
    found = workshop.refine([part, whole])
    assert found.counts == {"again:unreadable": 1, "again:clean": 1}
    assert "replay.passed_over" in capsys.readouterr().out


def test_a_dataset_that_is_not_judged_here_is_passed_over_loudly(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    given = change(PRODUCTS, "u", CLEAN_ROW)._replace(topic="raw.so_la.thu")
    assert workshop.refine([replayed(given)]).counts == {"again:held": 1}
    said = capsys.readouterr().out
    assert json.loads(said.splitlines()[-1])["item"] == "11" if said.startswith("{") else said


def test_a_replay_counts_for_no_storm(workshop: Workshop) -> None:
    refused = [replayed(change(PRODUCTS, "u", REFUSED_ROW))] * 500
    assert workshop.refine(refused).stop is None
    live: list[Any] = [change(PRODUCTS, "u", REFUSED_ROW)] * 199
    assert workshop.refine(live).stop is None


def test_the_worker_reads_replays(workshop: Workshop) -> None:
    assert topics.REPLAY in workshop.topics
