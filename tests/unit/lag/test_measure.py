"""What a scene says of hops and workers; above all, what it must not say (invariant 9)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from support.contracts import a_dataset, a_field

from infra.kafka_reader import Place
from infra.lag.sample import Hop, Sample
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.measure import Scene, hops_of, waiting, workers_of

NOW = 10_000.0
CLOSED = a_dataset(id="kin", table="thu.kin")
OPEN = a_dataset(
    a_field("text", open="row"), id="mo", table="thu.mo", version="2.0.0", open_mode="row"
)
CATALOGUE = Catalogue({"kin": CLOSED, "mo": OPEN})
RAW, BEATS = Place(topics.raw(CLOSED), 0), Place(topics.heartbeat("so_thu"), 0)
CLEAN, REJECT = Place(topics.clean(CLOSED), 0), Place(topics.reject(CLOSED), 0)
SHOWN = Place(topics.open_(OPEN), 0)
NAMES = (
    *(topics.heartbeat("so_thu"), topics.raw(CLOSED), topics.raw(OPEN), topics.clean(CLOSED)),
    *(topics.clean(OPEN), topics.reject(CLOSED), topics.reject(OPEN), topics.open_(OPEN)),
)
PLACES = [Place(name, 0) for name in NAMES]


def scene(**facts: Any) -> Scene:  # noqa: ANN401
    """Everything answers, nothing waits, a heartbeat came 4 s ago; but for *facts*."""
    level = dict.fromkeys(PLACES, 10)
    known = {
        "at": NOW,
        "bounds": {place.topic: {place: (0, 10)} for place in PLACES},
        "alive": dict.fromkeys(("streams", "province", "quarantine", "portal"), True),
        "judged": level,
        "shown": level,
        "delivered": {"province": level, "quarantine": level, "findings": {CLEAN: 10}},
        "heard": {"so_thu": datetime.fromtimestamp(NOW - 4, UTC)},
    }
    return Scene(**(known | facts))


def hops(one: Scene, stamps: dict[Place, float] | None = None) -> dict[Hop, Sample]:
    return hops_of(one, CATALOGUE, stamps or {})["kin"]


def test_an_idle_chain_that_a_heartbeat_proves_is_level() -> None:
    found = hops_of(scene(), CATALOGUE, {})
    assert {hop: (one.seconds, one.messages) for hop, one in found["mo"].items()} == {
        Hop.COMMIT_TO_RAW: (4.0, None),
        Hop.RAW_TO_VERDICT: (0.0, 0),
        Hop.VERDICT_TO_APPLIED: (0.0, 0),
        Hop.APPLIED_TO_PORTAL: (0.0, 0),
    }
    assert Hop.APPLIED_TO_PORTAL not in found["kin"]
    assert waiting(scene(), CATALOGUE) == {}


@pytest.mark.parametrize(
    ("facts", "hop"),
    [
        ({"heard": {}}, Hop.COMMIT_TO_RAW),
        ({"heard": {"so_thu": None}}, Hop.RAW_TO_VERDICT),
        ({"heard": {"so_thu": datetime.fromtimestamp(NOW - 61, UTC)}}, Hop.RAW_TO_VERDICT),
        ({"alive": {"streams": False}}, Hop.RAW_TO_VERDICT),
        ({"alive": {"streams": None}}, Hop.RAW_TO_VERDICT),
        ({"alive": {"province": True, "quarantine": False}}, Hop.VERDICT_TO_APPLIED),
        ({"alive": {"province": None, "quarantine": True}}, Hop.VERDICT_TO_APPLIED),
        ({"alive": {}}, Hop.APPLIED_TO_PORTAL),
    ],
)
def test_nothing_waits_and_nothing_proves_it(facts: dict[str, Any], hop: Hop) -> None:
    found = hops_of(scene(**facts), CATALOGUE, {})["mo"][hop]
    assert found.seconds is None
    assert found.messages in {0, None}


@pytest.mark.parametrize(
    ("facts", "hop"),
    [
        ({"bounds": None}, Hop.RAW_TO_VERDICT),
        ({"bounds": {}}, Hop.VERDICT_TO_APPLIED),  # its topic is not there
        ({"judged": None}, Hop.RAW_TO_VERDICT),
        ({"delivered": None}, Hop.VERDICT_TO_APPLIED),
        ({"shown": None}, Hop.APPLIED_TO_PORTAL),
    ],
)
def test_a_part_that_does_not_answer_leaves_its_hop_unknown(
    facts: dict[str, Any], hop: Hop
) -> None:
    found = hops_of(scene(**facts), CATALOGUE, {})["mo"]
    assert (found[hop].seconds, found[hop].messages) == (None, None)


def test_what_waits_is_as_old_as_its_oldest_record() -> None:
    held = scene(judged=dict.fromkeys(PLACES, 10) | {RAW: 7})
    assert waiting(held, CATALOGUE) == {RAW: (7, 10)}
    found = hops(held, {RAW: NOW - 30})[Hop.RAW_TO_VERDICT]
    assert (found.seconds, found.messages, found.taken, found.end) == (30.0, 3, 7, 10)
    dead = replace(held, alive={"streams": False}, heard={})
    assert hops(dead, {RAW: NOW - 30})[Hop.RAW_TO_VERDICT].seconds == 30.0


def test_a_heartbeat_that_waits_makes_an_idle_table_late_and_no_record_of_it() -> None:
    held = scene(judged=dict.fromkeys(PLACES, 10) | {BEATS: 9})
    found = hops(held, {BEATS: NOW - 44})[Hop.RAW_TO_VERDICT]
    assert (found.seconds, found.messages) == (44.0, 0)


def test_what_retention_took_is_not_waited_for() -> None:
    held = scene(
        judged=dict.fromkeys(PLACES, 10) | {RAW: 2},
        bounds={place.topic: {place: (8, 10)} for place in PLACES},
    )
    assert hops(held, {RAW: NOW - 1})[Hop.RAW_TO_VERDICT].messages == 2


def test_both_sinks_make_one_hop() -> None:
    level = dict.fromkeys(PLACES, 10)
    held = scene(delivered={"province": level | {CLEAN: 4}, "quarantine": level | {REJECT: 9}})
    found = hops(held, {CLEAN: NOW - 5, REJECT: NOW - 9})[Hop.VERDICT_TO_APPLIED]
    assert (found.seconds, found.messages) == (9.0, 7)


def test_a_worker_is_behind_in_all_it_takes_but_what_is_paused() -> None:
    held = scene(judged=dict.fromkeys(PLACES, 10) | {RAW: 2, BEATS: 9})
    assert workers_of(held, CATALOGUE)["streams"].messages == 9
    paused = replace(held, paused=frozenset({"kin"}))
    assert workers_of(paused, CATALOGUE)["streams"].messages == 1


def test_a_worker_of_which_a_part_is_unknown_is_unknown() -> None:
    found = workers_of(scene(shown=None, delivered=None), CATALOGUE)
    assert found["streams"].messages == 0
    for name in ("province_sink", "quarantine_sink", "portal_cache", "findings"):
        assert found[name].messages is None, name


def test_the_finder_is_behind_what_the_sink_wrote() -> None:
    level = dict.fromkeys(PLACES, 10)
    held = scene(
        delivered={"province": level | {CLEAN: 6}, "quarantine": level, "findings": {CLEAN: 4}}
    )
    assert workers_of(held, CATALOGUE)["findings"].messages == 2
