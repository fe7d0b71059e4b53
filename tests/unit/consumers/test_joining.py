"""A sink says that it is ready when it knows where to begin, not before."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition

from consumers.batch import Batch, Bounds
from consumers.loop import Loop
from infra import readiness
from infra.errors import Transient
from infra.kafka_reader import Place
from infra.settings import Timing

TOPIC = "clean.thu.v1"


class Group:
    """A consumer that is given one partition when it first polls, and brings no record."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._on_assign: Any = None

    def subscribe(self, _topics: list[str], on_assign: Any, **_: Any) -> None:  # noqa: ANN401
        """Remember whom to tell."""
        self._on_assign = on_assign

    def poll(self, _timeout: float) -> None:
        """Assign, and let this turn be the last."""
        self._on_assign(self, [TopicPartition(TOPIC, 0)])
        self._stop.set()

    def get_watermark_offsets(self, *_: Any, **__: Any) -> tuple[int, int]:  # noqa: ANN401
        """Know an empty partition."""
        return 0, 0

    def __getattr__(self, _name: str) -> Any:  # noqa: ANN401
        """Do nothing at whatever else is asked."""
        return lambda *_args, **_options: None


class Sink:
    """A place that says where to begin, or is away."""

    def __init__(self, *, away: bool) -> None:
        self._away = away

    def starts(self, places: Mapping[Place, Bounds]) -> dict[Place, int]:
        """Begin at the first offset kept."""
        if self._away:
            raise Transient
        return {place: found.low for place, found in places.items()}

    def write(self, _batch: Batch) -> Mapping[str, int]:
        """Count nothing."""
        return {}


@pytest.mark.parametrize("away", [False, True])
def test_a_sink_is_ready_once_it_knows_where_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, away: bool
) -> None:  # Invariant 9
    ready, stop = tmp_path / "ready", threading.Event()
    monkeypatch.setattr(readiness, "_FILE", str(ready))
    loop = Loop(Group(stop), Sink(away=away), Timing(patience=0.0), stop)  # type: ignore[arg-type]
    if away:
        with pytest.raises(Transient):
            loop.run([TOPIC])
    else:
        loop.run([TOPIC])
    assert ready.exists() is not away
