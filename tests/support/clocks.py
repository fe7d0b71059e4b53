"""Another clock for one component of a test's stack: a library before its own ones, and a file.

The library (clock.c) is compiled into the home's `wires/`; how far a clock is off stands in
`clock-<component>` beside it, in seconds, and is followed while the component runs.
"""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from infra.local.component import Component
from infra.local.home import Home

_SOURCE = Path(__file__).with_name("clock.c")


def set_clock(home: Path, component: str, off: timedelta) -> None:
    """Put the clock of *component* so far ahead (or behind) of the true one."""
    file = _file(home, component)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{round(off.total_seconds())}\n")


def clocked(home: Home, component: Component) -> Component:
    """Return *component* under a clock that its file sets."""
    file = _file(home.root, component.name)
    if not file.exists():
        set_clock(home.root, component.name, timedelta(0))
    clock = {"LD_PRELOAD": str(_library(file.parent)), "SUOI_TEST_CLOCK": str(file.resolve())}
    return replace(component, environment=component.environment | clock)


def _file(home: Path, component: str) -> Path:
    return home / "wires" / f"clock-{component}"


def _library(directory: Path) -> Path:
    made = directory.resolve() / "clock.so"
    if not made.exists():
        flags = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror")
        subprocess.run(["cc", *flags, "-o", made, _SOURCE, "-ldl"], check=True)  # noqa: S607
    return made
