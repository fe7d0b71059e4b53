"""`suoi why`: each broken state as a value gives one answer, and a healthy chain gives its T."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from support.contracts import a_dataset, a_field

from connectors.guards import Refusal
from connectors.loads import Load
from connectors.loads import State as LoadState
from connectors.status import Status
from infra.errors import Usage
from infra.lag.sample import Hop, Sample
from schemas import control
from schemas.access import Grant
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.vitals import Seen, Vitals
from suoi.law import chosen_dataset
from suoi.why.chain import Link, Observation, Part
from suoi.why.command import document, lines
from suoi.why.links import WALK, find

OPEN = a_dataset(
    a_field("text", open="row"), id="mo", table="thu.mo", source="so_tu_phap", open_mode="row"
)
CLOSED = a_dataset(id="kin", table="thu.kin", source="so_tu_phap")
NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
PARTS = (
    *("so_tu_phap", "kafka", "connect", "province", "redis", "streams"),
    *("province_sink", "quarantine_sink", "portal_cache"),
)
RUNNING = Status(
    source="so_tu_phap",
    connector="RUNNING",
    task="RUNNING",
    cause="",
    log={"slot": "suoi_so_tu_phap", "active": "true", "wal_status": "reserved"},
    problems=(),
    loads=(),
)
LOADED = Load(table="thu.mo", state=LoadState.LOADED, scanned=30, completed_ms=1)
UNLOADED = replace(LOADED, completed_ms=None)


def sample(at: float = 100.0, **facts: Any) -> Sample:  # noqa: ANN401
    return Sample(**({"at": at, "seconds": 0.0, "taken": 9, "end": 9, "alive": True} | facts))


def sound(dataset: Dataset = OPEN, **facts: Any) -> Observation:  # noqa: ANN401
    """A chain in which everything holds, but for *facts*."""
    known = {
        "parts": {name: Part(state="ready") for name in PARTS},
        "capture": RUNNING,
        "load": LOADED,
        "hops": {hop: [sample()] for hop in Hop},
        "through": NOON,
    }
    return Observation(dataset=dataset, **(known | facts))


def ill(name: str, state: str = "ready", *, frozen: bool = False) -> dict[str, Any]:
    """Parts of which one is not as it should be."""
    parts = {one: Part(state="ready") for one in PARTS}
    return {"parts": parts | {name: Part(state=state, frozen=frozen, problem="it ended")}}


def capture(**facts: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"capture": replace(RUNNING, **facts)}


def refused(guard: str, dataset: str = "") -> dict[str, Any]:
    return capture(problems=(Refusal(guard, f"{guard} is wrong", dataset),))


def broken(guard: str) -> dict[str, Any]:
    vitals = Vitals(server="7", timeline=1, log_end=5, mark=5)
    facts = {"source": "so_tu_phap", "generation": 1, "vitals": vitals, "since": "2026-11-23"}
    return {"seen": Seen(**facts, guard=guard, broken=f"{guard} fell back")}


def paused(cause: control.Cause) -> dict[str, Any]:
    return {"standing": control.paused("mo", cause, "lan")}


def late(hop: Hop, *samples: Sample) -> dict[str, Any]:
    return {"hops": {one: [sample()] for one in Hop} | {hop: list(samples)}}


def stuck() -> tuple[Sample, ...]:
    return tuple(sample(at, seconds=at, taken=4) for at in (80.0, 90.0, 100.0))


STATES = [
    ({"runs": False, "parts": {}}, Link.SOURCE, "stack.down"),
    ({"silent": {"source": "It refuses us."}, "capture": None}, Link.SOURCE, "source.away"),
    (ill("so_tu_phap", frozen=True), Link.SOURCE, "source.away"),
    ({"silent": {"kafka": "It is away."}, "capture": None}, Link.TOPIC, "kafka.away"),
    (broken("mark"), Link.SOURCE, "source.broken"),
    (refused("regenerate"), Link.SOURCE, "source.broken"),
    (broken("slot"), Link.SLOT, "slot.gone"),
    (refused("slot"), Link.SLOT, "slot.gone"),
    (refused("publication", "mo"), Link.SLOT, "publication.table"),
    (refused("rights"), Link.SOURCE, "source.rights"),
    ({"silent": {"connect": "It is away."}} | refused("reach"), Link.CONNECTOR, "connect.away"),
    (ill("connect", "restarting"), Link.CONNECTOR, "connect.away"),
    (refused("reach"), Link.CONNECTOR, "capture.unknown"),
    ({"missing_topics": ("raw.x",)}, Link.TOPIC, "topic.missing"),
    (
        {"missing_rights": (Grant("streams", "topic", "raw.x", "READ"),)},
        Link.TOPIC,
        "topic.denied",
    ),
    (capture(connector="ABSENT", task="ABSENT"), Link.CONNECTOR, "connector.absent"),
    (capture(connector="STOPPED", task="UNASSIGNED"), Link.CONNECTOR, "connector.stopped"),
    (capture(connector="PAUSED", task="PAUSED"), Link.CONNECTOR, "connector.paused"),
    (capture(task="FAILED", cause="ConnectException"), Link.CONNECTOR, "connector.failed"),
    (capture(task="UNASSIGNED"), Link.CONNECTOR, "connector.starting"),
    (capture(log={"active": "false"}), Link.SLOT, "slot.inactive"),
    ({"load": replace(UNLOADED, state=LoadState.LOADING)}, Link.CONNECTOR, "load.loading"),
    ({"load": replace(UNLOADED, state=LoadState.FAILED)}, Link.CONNECTOR, "load.failed"),
    (paused(control.decided("sửa biểu mẫu")), Link.STREAMS, "dataset.paused"),
    (paused(control.expired(OPEN, "3-9", "raw:0:3")), Link.TOPIC, "raw.expired"),
    ({"holes": {Hop.RAW_TO_VERDICT: "raw.x:0 offsets 3 to 9"}}, Link.TOPIC, "raw.expired"),
    ({"holes": {Hop.VERDICT_TO_APPLIED: "clean.x:0 offsets 3"}}, Link.TOPIC, "topic.expired"),
    (ill("streams", frozen=True), Link.STREAMS, "worker.frozen"),
    (ill("streams", "restarting"), Link.STREAMS, "worker.down"),
    (late(Hop.RAW_TO_VERDICT, *stuck()), Link.STREAMS, "worker.stands"),
    (late(Hop.RAW_TO_VERDICT, sample(alive=False)), Link.STREAMS, "worker.absent"),
    (late(Hop.RAW_TO_VERDICT, sample(seconds=61.0, end=99)), Link.STREAMS, "worker.behind"),
    ({"silent": {"province": "It is away."}}, Link.SINK, "province.away"),
    (ill("province", frozen=True), Link.SINK, "province.away"),
    (ill("province_sink", frozen=True), Link.SINK, "worker.frozen"),
    (ill("quarantine_sink", "failed"), Link.SINK, "worker.down"),
    (late(Hop.VERDICT_TO_APPLIED, *stuck()), Link.SINK, "worker.stands"),
    ({"silent": {"redis": "It is away."}}, Link.CACHE, "redis.away"),
    (ill("redis", "failed"), Link.CACHE, "redis.away"),
    (ill("portal_cache", frozen=True), Link.CACHE, "worker.frozen"),
    ({"through": None}, Link.SINK, "watermark.unknown"),
    (
        {"through": None} | late(Hop.COMMIT_TO_RAW, Sample(at=100.0)),
        Link.CONNECTOR,
        "watermark.unknown",
    ),
]


@pytest.mark.parametrize(
    ("facts", "link", "code"), STATES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_broken_state_has_one_answer(facts: dict[str, Any], link: Link, code: str) -> None:
    seen = sound(**facts)
    answer = find(seen)
    assert (answer.link, answer.code, answer.healthy) == (link, code, False)
    assert answer.what
    assert answer.next_step
    said = document(seen, answer)
    assert [one["state"] for one in said["walk"]].count("broken") == 1
    assert f"[{link}]" in "\n".join(lines(seen, answer))


def test_a_sound_chain_is_complete_through_its_moment() -> None:
    seen = sound()
    answer = find(seen)
    assert (answer.link, answer.healthy) == (None, True)
    assert document(seen, answer)["complete_through"] == NOON.isoformat()
    assert all(one["state"] == "holds" for one in document(seen, answer)["walk"])
    assert lines(seen, answer)[0] == f"mo: complete through {NOON.isoformat()}"


def test_of_two_faults_the_first_on_the_way_is_named() -> None:
    assert len({code for _, _, code in STATES}) >= 20
    both = sound(**(broken("slot") | paused(control.broken("so_tu_phap", "slot is gone"))))
    assert find(both).code == "slot.gone"
    both = sound(**(ill("streams", frozen=True) | {"silent": {"redis": "It is away."}}))
    assert find(both).code == "worker.frozen"


def test_what_concerns_another_dataset_or_no_cache_is_no_fault_of_this_one() -> None:
    assert find(sound(**refused("publication", "another"))).healthy
    assert find(sound(CLOSED, **ill("portal_cache", frozen=True))).healthy
    assert find(sound(CLOSED, silent={"redis": "It is away."})).healthy


def test_where_nobody_supervises_here_evidence_alone_judges() -> None:
    assert find(sound(parts={})).healthy
    assert find(sound(parts={}, **late(Hop.RAW_TO_VERDICT, *stuck()))).code == "worker.stands"


def test_a_person_who_paused_is_named_with_the_reason() -> None:
    answer = find(sound(**paused(control.decided("sửa biểu mẫu"))))
    assert "lan" in answer.what
    assert "sửa biểu mẫu" in answer.what
    assert answer.evidence["by"] == "lan"


def test_the_walk_covers_every_link() -> None:
    assert {link for _, link, _ in STATES} == set(Link)
    assert len(WALK) == 16


def test_an_unknown_dataset_is_answered_with_the_nearest_names() -> None:
    catalogue = Catalogue({"tp_khai_sinh": OPEN, "tp_khai_tu": CLOSED, "nnmt_ocop": OPEN})
    with pytest.raises(Usage, match=r"did you mean tp_khai_sinh or tp_khai_tu\?"):
        chosen_dataset(catalogue, "tp_khai_sin")
    with pytest.raises(Usage, match="known are nnmt_ocop, tp_khai_sinh"):
        chosen_dataset(catalogue, "xyz")
