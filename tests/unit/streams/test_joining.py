"""The stream worker says that it is ready when its group has taken it in, and not before."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra import readiness
from infra.settings import Timing
from streams.carrier import Carrier
from streams.worker import Place, application
from streams.workshop import Refined


class Nothing:
    """A workshop of one topic, and an outbox; neither is ever asked."""

    topics = ("raw.thu.thu.thu",)

    def refine(self, _chunk: Any) -> Refined:  # noqa: ANN401
        """Make nothing of it."""
        return Refined([], Counter())

    def send(self, *_: Any) -> None:  # noqa: ANN401
        """Take nothing."""

    async def settle(self) -> None:
        """Have nothing to wait for."""


def test_it_is_ready_once_partitions_are_assigned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # Invariant 9
    ready = tmp_path / "ready"
    monkeypatch.setattr(readiness, "_FILE", str(ready))

    async def join() -> None:
        place = Place(None, "127.0.0.1:1", Timing(), tmp_path / "data")
        app = application(place, Nothing.topics)
        Carrier(Nothing(), Nothing()).attend(app)  # type: ignore[arg-type]
        assert not ready.exists()
        await app.on_partitions_assigned.send({("raw.thu.thu.thu", 0)})

    asyncio.run(join())
    assert ready.exists()
