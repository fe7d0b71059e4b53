"""Each journey runs with a clerk who changes rows and a sampler who watches them.

After each one no canary is found where none may be and no process of ours said an error that nobody
expects; of one that failed the evidence is kept, and where is said beside the failure.
"""

from collections.abc import Generator, Iterator

import pytest
from support import canary, evidence
from support.loading import Load, NoLoad
from support.loglines import Lines
from support.proof import Sampler
from support.registers import Clerk
from support.stack import Stack
from support.witness import Witness


@pytest.fixture(autouse=True)
def _quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    """Canaries and error lines, for each journey on a shared stack."""
    if "stack" not in request.fixturenames:
        yield
        return
    stack: Stack = request.getfixturevalue("stack")
    lines = Lines(stack.home / "logs")
    yield
    assert canary.find(stack) == []  # Invariant 6
    assert lines.unexpected() == []


LOADED_ROWS = 20_000


@pytest.fixture(scope="module")
def load(stack: Stack) -> Iterator[Load]:
    """A table of many rows."""
    made = Load(stack, LOADED_ROWS)
    yield made
    made.close()


@pytest.fixture(params=["stream", pytest.param("load", marks=pytest.mark.chaos)])
def beside(request: pytest.FixtureRequest) -> Load | NoLoad:
    """What runs beside a fault: the stream alone, or a load too, which the test begins and ends."""
    return request.getfixturevalue("load") if request.param == "load" else NoLoad()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the evidence of a failure and say where it is."""
    report = yield
    used = getattr(item, "funcargs", {}).values()
    stack = next((one for one in used if isinstance(one, Stack)), None)
    if report.failed and stack is not None:
        report.sections.append(("evidence", f"kept in {evidence.keep(stack, item.name)}"))
    return report


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
