"""A department's server put back to what it was, as a snapshot of its machine does it."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.home import Home
from support.stack import Stack
from support.waiting import until


def data_of(stack: Stack, source: str, account: str) -> Path:
    """Where the server of *source* keeps its data."""
    return Home(stack.home).server_data(source, account)


def snapshot(stack: Stack, source: str, account: str, place: Path) -> None:
    """Copy the server's data while it stands still: consistent like after a crash."""
    group = os.getpgid(stack.pid(source))
    os.killpg(group, signal.SIGSTOP)
    try:
        shutil.copytree(data_of(stack, source, account), place, symlinks=True)
    finally:
        os.killpg(group, signal.SIGCONT)
    for path in (place, *place.rglob("*")):
        shutil.chown(path, account, account)


def restore(stack: Stack, source: str, account: str, place: Path, *, slots: bool = True) -> None:
    """Give the server the data it had at *place*; without *slots* as a base backup leaves it.

    The supervisor stands still meanwhile, or it would start the server in the middle.
    """
    with frozen_supervisor(stack):
        struck = stack.signal(source)
        until(lambda: not Path(f"/proc/{struck}").exists() or _dead(struck))
        data = data_of(stack, source, account)
        shutil.rmtree(data)
        place.rename(data)
        if not slots:
            for slot in (data / "pg_replslot").iterdir():
                shutil.rmtree(slot)
        (data / "postmaster.pid").unlink(missing_ok=True)
    stack.wait_restarted(source, struck)


@contextmanager
def frozen_supervisor(stack: Stack) -> Iterator[None]:
    """Freeze the supervisor alone."""
    state = json.loads((stack.home / "run" / "state.json").read_text())
    pid = int(state["supervisor"]["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _dead(pid: int) -> bool:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return words[0] in "ZX"
