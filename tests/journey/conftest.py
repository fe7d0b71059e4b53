"""Each journey runs with a clerk who changes rows and a sampler who watches them."""

from collections.abc import Iterator

import pytest
from support.proof import Sampler
from support.registers import Clerk
from support.stack import Stack
from support.witness import Witness


@pytest.fixture
def clerk(
    stack: Stack,
    witness: Witness,  # noqa: ARG001  it must stand before the first change
    request: pytest.FixtureRequest,
) -> Iterator[Clerk]:
    """A clerk at work; the seed follows from the test's name, so that a failure can be repeated."""
    seed = sum(request.node.name.encode()) % 1000 + 1
    print(f"seed {seed}")  # noqa: T201  shown on failure
    at_work = Clerk(stack.justice_dsn, seed)
    at_work.start()
    yield at_work
    at_work.stop()


@pytest.fixture
def sampler(stack: Stack) -> Iterator[Sampler]:
    """A reader who must never see a row go back in time."""
    watching = Sampler(stack)
    watching.start()
    yield watching
    watching.stop()
