"""Somebody of one unit sees that unit alone, wherever they look."""

from dataclasses import fields, replace

import pytest
from support.console import OTHER, UNIT, Console, a_sick_snapshot

from suoi.console.pages import PAGES
from suoi.console.roles import Role
from suoi.console.snapshot import Snapshot, narrowed

MINE = {"tp_khai_sinh", "tp_ket_hon", "tp_khai_tu"}
FOREIGN = ("nnmt_", "so_nnmt", "so_tai_chinh", "stc_", "vbdlis")


def test_a_snapshot_of_one_unit_holds_nothing_of_another() -> None:
    seen = narrowed(a_sick_snapshot(), UNIT)
    assert {one.unit for one in seen.datasets.values()} == {UNIT}
    for name in ("counts", "through", "hops", "standings"):
        assert set(getattr(seen, name)) <= set(seen.datasets)
    assert set(seen.connectors or {}) == {UNIT}
    assert {one.unit for one in seen.waiting or ()} == {UNIT}
    assert [book.unit.id for book in seen.units or ()] == [UNIT]
    assert seen.components is None


def test_every_field_of_a_snapshot_was_thought_of() -> None:
    assert {one.name for one in fields(Snapshot)} == {
        "taken", "datasets", "known", "phase", "components", "connectors", "counts", "through",
        "hops", "standings", "waiting", "behind", "units", "faults", "history", "unit",
    }, "a new part: narrow it in suoi.console.snapshot.narrowed"  # fmt: skip


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.STEWARD, Role.OPERATOR])
def test_no_page_tells_somebody_of_one_unit_of_another(sick: Console, role: Role) -> None:
    reader = sick.person(role, UNIT, name=f"{role}.mot")
    for page in PAGES:
        if page.name in {"audit", "users"}:
            continue
        path = page.path.format(dataset="tp_khai_sinh", source=UNIT, item="1", day="2026-03-16")
        for asked in ("/api/v1" + (path if path != "/" else "/home"), path):
            if asked == path and not page.human:
                continue
            text = reader.get(asked).text
            assert [word for word in FOREIGN if word in text] == [], f"{asked} as {role}"


@pytest.mark.parametrize(
    "path",
    [
        "/datasets/nnmt_ocop",
        "/datasets/nnmt_ocop/history",
        "/datasets/nnmt_ocop/pause",
        "/connectors/so_nnmt",
        "/connectors/so_nnmt/pause",
        "/quarantine/2",
        "/board?unit=so_nnmt",
        "/quarantine?dataset=nnmt_ocop",
    ],
)
def test_what_is_anothers_is_not_there(sick: Console, path: str) -> None:
    reader = sick.person(Role.OPERATOR, UNIT, name="van.hanh")
    assert reader.get("/api/v1" + path).status_code in {400, 404, 405}
    assert reader.get(path).status_code in {400, 404}


def test_asking_for_another_units_items_gives_ones_own(sick: Console) -> None:
    reader = sick.person(Role.VIEWER, UNIT, name="xem")
    found = reader.get(f"/api/v1/quarantine?unit={OTHER}").json()
    assert [one["unit"] for one in found["items"]] == [UNIT]


def test_an_auditor_of_one_unit_reads_what_was_done_to_it(sick: Console) -> None:
    operator = sick.person(Role.OPERATOR)
    operator.send("/datasets/tp_khai_sinh/pause", reason="của mình")
    operator.send("/datasets/nnmt_ocop/pause", reason="của người khác")
    reader = sick.person(Role.AUDITOR, UNIT, name="kiem.toan")
    text = reader.get("/audit").text
    assert "của mình" in text
    assert "của người khác" not in text


def test_a_source_of_several_units_is_paused_for_the_whole_province_alone(sick: Console) -> None:
    snapshot = sick.services.sampler.snapshot
    shared = {name: one for name, one in snapshot.datasets.items() if one.source == UNIT}
    first = next(iter(shared))
    moved = {**snapshot.datasets, first: replace(shared[first], unit=OTHER)}
    sick.services.sampler.put(datasets=moved)
    reader = sick.person(Role.OPERATOR, UNIT, name="van.hanh")
    answer = reader.send(f"/connectors/{UNIT}/pause", reason="x")
    assert answer.status_code == 403
    assert sick.hands.done == []
    answer = sick.person(Role.OPERATOR).send(f"/connectors/{UNIT}/pause", reason="x")
    assert answer.status_code == 303
