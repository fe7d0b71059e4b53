"""The steps of the set-up, in order, and their one-line reports."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.errors import Trouble, Usage
from infra.setup import java, packages, python

ROOT = Path(__file__).resolve().parents[2]

STEPS: tuple[tuple[str, Callable[[Path], bool]], ...] = (
    ("Debian packages", packages.install),
    ("virtual environment", python.install),
    ("Java artefacts", java.install),
)
"""A step returns False when there was nothing to do."""


def main() -> int:
    """Run every step.

    Returns 0 = ready, 1 = a step failed, 2 = something must be installed by root, 130 = stopped.
    """
    try:
        for name, step in STEPS:
            _report(name, step)
    except Usage as error:
        sys.stderr.write(f"setup: {error}\n")
        return 2
    except Trouble as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(
            f"setup: {error.cmd[0]} failed (exit {error.returncode}); its own words stand above.\n"
        )
        return 1
    except OSError as error:
        sys.stderr.write(f"setup: {error}. Correct that, then run this again.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: stopped; run this again to go on.\n")
        return 130
    return 0


def _report(name: str, step: Callable[[Path], bool]) -> None:
    started = time.monotonic()
    if step(ROOT):
        sys.stderr.write(f"setup: {name} ready after {time.monotonic() - started:.0f} s\n")
