"""What the supervisor knows, as a file others read: written whole after each change."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.files import write_whole

FIELD_STARTED = 19
"""Place of `starttime` in /proc/PID/stat, counted after the name (proc(5): field 22)."""


def now_text() -> str:
    """Return this moment as ISO text, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def birth(pid: int) -> str | None:
    """Return when *pid* started, in a form that no later process of its number shares.

    None: there is no such process, or it is dead and waits to be collected.
    """
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if words[0] in "ZX" else f"{boot}:{words[FIELD_STARTED]}"


def is_frozen(pid: int) -> bool:
    """Say whether *pid* is stopped by a signal (SIGSTOP): it lives, and does nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    except OSError:
        return False


@dataclass(kw_only=True, slots=True)
class Process:
    """A process that can be told from a later one with the same number."""

    pid: int
    birth: str

    def lives(self) -> bool:
        """Say whether it is still this very process."""
        return birth(self.pid) == self.birth

    def frozen(self) -> bool:
        """Say whether it is still this very process, and stopped by a signal."""
        return self.lives() and is_frozen(self.pid)


def this_process() -> Process:
    """Return the process that asks."""
    return Process(pid=os.getpid(), birth=birth(os.getpid()) or "")


@dataclass(kw_only=True, slots=True)
class Standing:
    """How one component stands.

    *state*: waiting, starting, ready, done, restarting, failed, stopping, stopped.
    """

    state: str = "waiting"
    since: str = field(default_factory=now_text)
    pid: int | None = None
    birth: str | None = None
    restarts: int = 0
    problem: str | None = None
    """Why it is not ready, as a sentence."""

    @property
    def process(self) -> Process | None:
        """The process last known of it."""
        return Process(pid=self.pid, birth=self.birth or "") if self.pid else None

    @process.setter
    def process(self, process: Process | None) -> None:
        self.pid = process.pid if process else None
        self.birth = process.birth if process else None


@dataclass(kw_only=True, slots=True)
class State:
    """How the whole stack stands. *phase*: starting, ready, stopping, stopped, failed."""

    supervisor: Process | None = None
    phase: str = "stopped"
    since: str = field(default_factory=now_text)
    problem: str | None = None
    components: dict[str, Standing] = field(default_factory=dict)

    def runs(self) -> bool:
        """Say whether the supervisor that wrote this is alive."""
        return self.supervisor is not None and self.supervisor.lives()

    def process(self, name: str) -> Process | None:
        """Return the process last known of component *name* (or `supervisor`)."""
        if name == "supervisor":
            return self.supervisor
        return self.components[name].process if name in self.components else None


def write_state(path: Path, state: State) -> None:
    """Replace the state at *path*."""
    write_whole(path, json.dumps(asdict(state), indent=1) + "\n")


def read_state(path: Path) -> State:
    """Read the state at *path*; a file that is absent or unreadable is a stack that never ran."""
    try:
        found = json.loads(path.read_text())
        return _state(found)
    except (OSError, ValueError, KeyError, TypeError):
        return State()


def _state(found: dict[str, Any]) -> State:
    supervisor = found["supervisor"] and Process(**found["supervisor"])
    components = {name: Standing(**item) for name, item in found["components"].items()}
    return State(**{**found, "supervisor": supervisor, "components": components})
