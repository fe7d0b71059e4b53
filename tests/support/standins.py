"""Small components with the manners of real ones; and the real servers alone."""

import sys
from pathlib import Path

from infra.local.component import Component
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from infra.local.plan import full_plan

_SERVICE = """
import os, signal, sys, time
from pathlib import Path
name, place = sys.argv[1], Path(sys.argv[2])
def note(word):
    with (place / "journal").open("a") as file:
        file.write(f"{word} {name}\\n")
def stop(*_):
    note("stop")
    sys.exit(0)
if (place / f"{name}.refuses").exists():
    sys.exit(f"fatal: {name} found its settings wrong")
signal.signal(signal.SIGTERM, signal.SIG_IGN if (place / f"{name}.deaf").exists() else stop)
note("start")
(place / f"{name}.up").write_text(str(os.getpid()))
while True:
    time.sleep(60)
"""
_TASK = """
import sys
from pathlib import Path
with (Path(sys.argv[2]) / "journal").open("a") as file:
    file.write(f"run {sys.argv[1]}\\n")
"""


def plan(home: Home) -> list[Component]:
    """A base that listens on a port, a task on it, a leaf on the task."""
    return [
        _standin(home, "leaf", _SERVICE, needs=("task",)),
        _standin(home, "task", _TASK, needs=("base",)),
        _standin(home, "base", _SERVICE, port=home.ports.console),
    ]


def servers(home: Home) -> list[Component]:
    """The databases, the cache and the broker, without anything of ours."""
    names = ("province", *DEPARTMENTS, "redis", "kafka")
    return [item for item in full_plan(home) if item.name in names]


def _standin(
    home: Home, name: str, code: str, needs: tuple[str, ...] = (), port: int | None = None
) -> Component:
    up = home.root / f"{name}.up"
    return Component(
        name=name,
        command=(sys.executable, "-S", "-c", code, name, str(home.root)),
        once=code is _TASK,
        needs=needs,
        port=port,
        make=lambda: up.unlink(missing_ok=True),
        probe=lambda: _present(up),
        ready_s=20,
        stop_s=1,
    )


def _present(path: Path) -> None:
    path.read_text()
