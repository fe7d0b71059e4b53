"""Processes held to a share of a processor: what a machine of more processors would show.

Two sinks and the PostgreSQL behind them want more than the two processors of a small machine. Held
to a share each, they leave room, and whatever they still lose together is not the processors'.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup/cpu")
_PERIOD_US = 10_000


def is_possible() -> bool:
    """Say whether this machine lets us limit processes (cgroup v1, and the right to)."""
    return os.access(_GROUPS / "cgroup.procs", os.W_OK)


@contextmanager
def limited(pids: Iterable[int], share: float) -> Iterator[None]:
    """Give each of *pids* at most *share* of one processor until the block ends."""
    with ExitStack() as held:
        for pid in pids:
            held.enter_context(_limited(pid, share))
        yield


@contextmanager
def _limited(pid: int, share: float) -> Iterator[None]:
    group = _GROUPS / f"suoi-bench-{pid}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(round(share * _PERIOD_US)))
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        for one in (group / "cgroup.procs").read_text().split():
            (_GROUPS / "cgroup.procs").write_text(one)
        group.rmdir()
