"""The demonstration on a stack of its own: it ends well, and a second time it loads nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stack import Stack

ENDED_IN = ("applied", "superseded", "replayed", "quarantined", "filtered")


@pytest.fixture
def fresh() -> Iterator[Stack]:
    """A home where no stack ever ran; stopped and removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="suoi-demo-"))
    root.chmod(0o755)  # the databases run as users of their own
    stack = Stack(root / "home")
    try:
        yield stack
    finally:
        stack.suoi("down", check=False)
        shutil.rmtree(root, ignore_errors=True)


def test_the_demonstration_ends_well_and_loads_its_entries_once(fresh: Stack) -> None:
    first = fresh.json("demo", "--records", "400", "--seconds", "3")
    assert first["ok"]
    assert first["loaded"] == 400
    assert [step["step"] for step in first["story"]] == ["birth", "bad", "fixed", "stars"]
    assert all(step["ok"] for step in first["story"])
    assert first["latency_seconds"]["all"]["missing"] == 0
    for held in first["datasets"].values():
        assert held["captured"] == sum(held[name] for name in ENDED_IN)  # Invariant 2
    assert first["reasons"]["tp_khai_sinh"]

    again = fresh.json("demo", "--records", "400", "--seconds", "1")
    assert again["ok"]
    assert again["loaded"] == 0
    assert again["seconds"] < 75
    assert fresh.suoi("ledger", "check").returncode == 0
