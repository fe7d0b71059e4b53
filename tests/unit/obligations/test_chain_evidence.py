"""What `suoi why` and the sentinel's samples say of a duty: codes and figures, unknown kept so."""

import time
from pathlib import Path
from typing import Any

import pytest
from support.measured import alike, write_looks
from support.obligations import ALIVE

from consumers.ledger.obligations.evidence import Channel, Load
from infra.errors import Transient
from infra.local.home import Home
from suoi.obligations.questions import broken as question
from suoi.obligations.questions.backlog import backlog
from suoi.obligations.questions.broken import broken, ours
from suoi.why.chain import Answer, Link

CATALOGUE = alike(1)
DATASET = CATALOGUE["ds_0"]
WHOLE = Load(whole=True, done=7, total=7)
PERSONAL = "Key (so_dinh_danh)=(099000000001) already exists."


def answer(code: str, link: Link | None = Link.STREAMS, **evidence: Any) -> Answer:  # noqa: ANN401
    return Answer(link=link, code=code, what=PERSONAL, evidence=evidence)


def test_a_broken_link_of_ours_is_a_fault_with_its_evidence() -> None:
    found = ours(answer("worker.stands", worker="streams", seconds=90.5, messages=4), ALIVE)
    shown = {"worker": "streams", "seconds": 90.5, "messages": 4}
    assert found.faults() == {"link": "worker.stands", "stuck": ("streams",), "shown": shown}


def test_a_cause_in_a_servers_own_words_is_not_stored() -> None:
    found = ours(answer("connector.failed", Link.CONNECTOR, task="FAILED", cause=PERSONAL), ALIVE)
    assert found.faults() == {"link": "connector.failed", "shown": {"task": "FAILED"}}
    assert "099" not in str(found)  # Invariant 6


@pytest.mark.parametrize(
    "found",
    [
        answer("complete", None),
        answer("worker.behind", worker="streams"),  # volume, if anything
        answer("load.loading", Link.CONNECTOR, rows=7),
        answer("dataset.paused"),  # the gate's, or a person's
        answer("source.column", Link.SOURCE),  # structure
        answer("worker.down", Link.CACHE, worker="portal_cache"),  # the ledger does not wait for it
        answer("redis.away", Link.CACHE),
        answer("watermark.unknown", Link.SINK),
    ],
    ids=lambda one: one.code,
)
def test_what_is_not_technical_is_no_fault(found: Answer) -> None:
    assert ours(found, ALIVE) == ALIVE


def test_a_chain_that_cannot_be_looked_at_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_home: Home, _dataset: object) -> None:
        message = "Kafka is away."
        raise Transient(message)

    monkeypatch.setattr(question, "gather", away)
    assert broken(Home(tmp_path), DATASET, Channel()) == Channel()


def looked(tmp_path: Path, minutes: int, grows: int, ago_s: float = 0.0) -> Home:
    """A home whose sentinel has seen *grows* more records wait each minute, 600 being taken."""
    now = time.time() - ago_s
    looks = [
        (now - 60.0 * (minutes - step), 600 * step, 600 * step + 100 + grows * step)
        for step in range(minutes + 1)
    ]
    write_looks(Home(tmp_path), CATALOGUE, *looks)
    return Home(tmp_path)


def test_a_backlog_that_grows_for_a_quarter_of_an_hour_is_volume(tmp_path: Path) -> None:
    found = backlog(looked(tmp_path, 16, 50), DATASET, WHOLE)
    assert (found.growing_min, found.rate, found.volume) == (16.0, 10.0, True)
    assert (found.whole, found.done) == (True, 7)


def test_a_backlog_that_is_worked_off_is_none(tmp_path: Path) -> None:
    found = backlog(looked(tmp_path, 16, -5), DATASET, WHOLE)
    assert (found.growing_min, found.volume) == (0.0, False)


def test_without_a_sentinel_no_growth_is_known(tmp_path: Path) -> None:
    assert backlog(looked(tmp_path, 16, 50, ago_s=61), DATASET, WHOLE) == WHOLE  # Invariant 9
