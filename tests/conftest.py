"""The stack is started once a run, before any row exists; a witness reads the department's log.

`make test` has two workers: one begins with all tests of the stack, the other with those that need
none or start servers of their own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stack import Stack
from support.witness import Witness


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give one worker the stack; the tests of a file stay together, for the servers they share."""
    if not hasattr(config, "workerinput"):
        return
    items.sort(key=lambda item: not _uses_stack(item))
    for item in items:
        group = "stack" if _uses_stack(item) else item.location[0]
        item.add_marker(pytest.mark.xdist_group(group))


def _uses_stack(item: pytest.Item) -> bool:
    return "stack" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack with short times; its home is kept when SUOI_KEEP is set."""
    root = Path(tempfile.mkdtemp(prefix="suoi-test-"))
    root.chmod(0o755)  # the databases run as users of their own
    running = Stack(root / "home")
    try:
        running.suoi("up", "--detach")
        running.witness = Witness(running.justice)  # before any test writes a row
        yield running
    finally:
        running.close()
        running.suoi("down", check=False)
        if "SUOI_KEEP" not in os.environ:
            shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def witness(stack: Stack) -> Witness:
    """The independent reader of what so_tu_phap committed."""
    return stack.witness
