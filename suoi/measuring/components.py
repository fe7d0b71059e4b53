"""The processes of the local stack, as their supervisor keeps them; without one: unknown."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.errors import Transient
from infra.local.health import component_status
from infra.local.home import Home
from infra.local.state import read_state
from infra.metrics.family import Sample
from suoi.measuring.families import RESTARTS, UP


@contextmanager
def open_home(home: Home) -> Iterator[Home]:
    """Give *home*: what is asked of it is read from a file."""
    yield home


def measure(home: Home) -> Iterator[Sample]:
    """Tell of each component whether it answers, and how often it was started anew.

    Raises:
        Transient: no supervisor runs here, so nobody knows.
    """
    if not read_state(home.state_file).runs():
        message = "no supervisor of ours runs here, so nobody knows how the processes are."
        raise Transient(message)
    found = component_status(home)
    ill = {item["where"] for item in found["problems"]}
    for name, item in found["components"].items():
        yield from UP.of(name not in ill, name)
        yield from RESTARTS.of(item["restarts"], name)
