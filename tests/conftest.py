"""The stack is started once a run, before any row exists; a witness reads the department's log."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stack import Stack
from support.witness import Witness


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
