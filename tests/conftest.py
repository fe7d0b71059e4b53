"""The stack is started once a run, before any row exists; a witness reads the department's log.

What starts servers or a stack of its own runs before that.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stack import Stack
from support.witness import Witness


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what runs on the shared stack last: a stack at rest still takes most of a processor."""
    items.sort(key=lambda item: _shares_the_stack(item.nodeid))


def _shares_the_stack(nodeid: str) -> bool:
    alone = nodeid.startswith("tests/journey/alone/")
    return nodeid.startswith(("tests/stack/", "tests/journey/")) and not alone


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
