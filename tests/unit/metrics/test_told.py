"""What the sentinel and the guards have left is told as it is; what is old is not known."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.measured import SOURCE, alike, write_looks

from infra.errors import Transient
from infra.local.home import Home
from infra.memory import Memory
from infra.metrics.family import Sample
from schemas.alarms import Alarm, Alarms, Severity
from suoi.measuring import guards, hops

CATALOGUE = alike(2)
STANDS = [(step, 4, 10) for step in (-40.0, -25.0, -10.0, 0.0)]
FIGURES: dict[str, str | int | float] = {
    "slot_present": 1,
    "slot_active": 0,
    "slot_kept_bytes": 70,
    "wal_status": "extended",
    "clock_skew_seconds": -0.5,
}


def told(samples: Iterable[Sample]) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family, labels, value in samples:
        found.setdefault(family.name, {})[labels] = value
    return found


def looked(tmp_path: Path, *looks: tuple[float, int, int], ago_s: float = 0.0) -> Home:
    home, now = Home(tmp_path), time.time() - ago_s
    write_looks(home, CATALOGUE, *((now + at, taken, end) for at, taken, end in looks))
    return home


def test_a_hop_is_told_as_the_sentinel_saw_it_last(tmp_path: Path) -> None:
    found = told(hops.measure(looked(tmp_path, *STANDS), CATALOGUE))
    assert found["suoi_lag_messages"]["ds_0", "raw_to_verdict"] == 6
    assert found["suoi_lag_seconds"]["ds_0", "raw_to_verdict"] == 4
    assert found["suoi_lag_known"]["ds_1", "raw_to_verdict"] == 1
    assert found["suoi_lag_state"]["ds_0", "raw_to_verdict", "STALL"] == 1
    assert ("ds_0", "commit_to_raw") not in found["suoi_lag_messages"]
    assert found["suoi_heartbeat_age_seconds"] == {(SOURCE,): 1}


def test_an_idle_hop_is_ok_and_has_one_state(tmp_path: Path) -> None:
    found = told(hops.measure(looked(tmp_path, (0.0, 4, 4)), CATALOGUE))
    states = [labels for labels in found["suoi_lag_state"] if labels[:2] == ("ds_0", hop())]
    assert states == [("ds_0", hop(), "OK")]


def hop() -> str:
    return "verdict_to_applied"


@pytest.mark.parametrize("looks", [(), STANDS])
def test_without_a_look_of_the_last_minute_no_lag_is_known(
    tmp_path: Path, looks: list[tuple[float, int, int]]
) -> None:
    home = looked(tmp_path, *looks, ago_s=61)
    with pytest.raises(Transient, match="the sentinel has not looked"):  # Invariant 9
        list(hops.measure(home, CATALOGUE))


class Kept:
    """A memory that holds one record."""

    def __init__(self, found: Alarms | None) -> None:
        """Remember *found* of its source."""
        self._memory = Memory(alarms={found.source: found} if found else {})

    def read(self) -> Memory:
        """What is known."""
        return self._memory


def told_by(found: Alarms | None) -> dict[str, dict[tuple[str, ...], float]]:
    memory: Any = Kept(found)
    return told(guards.measure(memory, SOURCE))


def now(ago_s: float = 0.0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat(timespec="milliseconds")


def alarm(code: str, severity: Severity = Severity.CRITICAL) -> Alarm:
    return Alarm(code=code, source=SOURCE, severity=severity, sentence="It is.", next_step="Look.")


def test_figures_and_alarms_of_the_guards_are_told() -> None:
    alarms = (alarm("slot.lag", Severity.WARN), alarm("publication.table"), alarm("slot.ahead"))
    found = told_by(Alarms(source=SOURCE, at=now(), figures=FIGURES, alarms=(*alarms, alarms[1])))
    assert found == {
        "suoi_slot_present": {(SOURCE,): 1},
        "suoi_slot_active": {(SOURCE,): 0},
        "suoi_slot_lag_bytes": {(SOURCE,): 70},
        "suoi_slot_wal_status": {(SOURCE, "extended"): 1},
        "suoi_clock_skew_seconds": {(SOURCE,): -0.5},
        "suoi_source_alarm": {
            (SOURCE, "publication.table", "critical"): 1,
            (SOURCE, "slot.ahead", "critical"): 1,
            (SOURCE, "slot.lag", "warn"): 1,
        },
    }


def test_a_source_without_slots_tells_none() -> None:
    found = told_by(Alarms(source=SOURCE, at=now(), figures={"slot_kept_bytes": 7}))
    assert found == {}


@pytest.mark.parametrize("found", [None, Alarms(source=SOURCE, at=now(61), figures=FIGURES)])
def test_guards_that_say_nothing_any_more_leave_all_unknown(found: Alarms | None) -> None:
    with pytest.raises(Transient, match="have told nothing"):  # Invariant 9
        told_by(found)
