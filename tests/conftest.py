"""The stack is started once a run, before any row exists; a witness reads the department's log.

`make test` has two workers: one begins with all tests of the stack, the other with those that need
none or start servers of their own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.stack import Stack
from support.witness import Witness
from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):
    """One worker has the stack; the tests of any other file stay together, for their servers."""

    def _split_scope(self, nodeid: str) -> str:
        return "stack" if _on_the_stack(nodeid) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:  # noqa: ANN401
    """Share the tests out as above, in the order in which they are collected."""
    config.option.loadscopereorder = False
    return Sharing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a worker begin with the stack, which takes longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not _on_the_stack(item.nodeid))


def _on_the_stack(nodeid: str) -> bool:
    return nodeid.startswith(("tests/stack/", "tests/journey/"))


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
