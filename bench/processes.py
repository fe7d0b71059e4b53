"""What processes cost: CPU seconds and memory, from /proc (proc(5))."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_UTIME, _CHILDREN, _PPID = 11, 13, 1
"""Places in /proc/PID/stat, counted after the name: utime, then stime; cutime, then cstime."""


def cpu_s(pid: int) -> float:
    """CPU seconds of *pid* and of its children, those that ended and those that live."""
    return sum(map(_own_s, (pid, *_children(pid)))) + _seconds(pid, _CHILDREN)


def total_cpu_s(pids: Iterable[int]) -> float:
    """CPU seconds of all of *pids*, their children included."""
    return sum(map(cpu_s, pids))


def peak_rss_mb(pid: int) -> float:
    """Most memory *pid* has held so far, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def _own_s(pid: int) -> float:
    return _seconds(pid, _UTIME)


def _seconds(pid: int, field: int) -> float:
    words = _words(pid)
    return (int(words[field]) + int(words[field + 1])) / _TICK if words else 0.0


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            words = _words(int(entry.name))
            if words and int(words[_PPID]) == pid:
                yield int(entry.name)


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
