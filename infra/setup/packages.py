"""The Debian packages the stack runs on: found by what they give, installed where we are root."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.errors import Fatal, Usage
from infra.local import programs

_POLICY = Path("/usr/sbin/policy-rc.d")
_UNITS = ("postgresql", "mariadb", "redis-server", "prometheus")


def _has_venv() -> bool:
    code = "import ensurepip, venv"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    return done.returncode == 0


def _has_compiler() -> bool:
    return shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]) is not None


def _has_headers() -> bool:
    return Path(sysconfig.get_path("include"), "Python.h").exists()


def _finds(program: Callable[[], object]) -> Callable[[], bool]:
    def found() -> bool:
        try:
            program()
        except Fatal:
            return False
        return True

    return found


NEEDS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("python3-venv", _has_venv),
    ("gcc", _has_compiler),
    ("libc6-dev", Path("/usr/include/stdio.h").exists),
    ("python3-dev", _has_headers),
    ("postgresql-15", _finds(programs.postgres)),
    ("mariadb-server", _finds(programs.mariadb)),
    ("redis-server", _finds(programs.redis)),
    ("openjdk-17-jre-headless", _finds(programs.java)),
    ("maven", lambda: shutil.which("mvn") is not None),
    ("prometheus", lambda: shutil.which("promtool") is not None),  # tries the alert rules
    ("chromium", lambda: shutil.which("chromium") is not None),
)
"""Package, and whether what it gives is there (from Debian or from anywhere else)."""


def install(_root: Path) -> bool:
    """Install what is missing.

    Raises:
        Usage: something is missing and only root may install it.
    """
    missing = [name for name, present in NEEDS if not present()]
    if not missing:
        return False
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        message = (
            f"missing Debian packages: {' '.join(missing)}. Install them as root (apt-get update; "
            f"apt-get install --no-install-recommends {' '.join(missing)}), then run this again."
        )
        raise Usage(message)
    with _no_service_starts():
        _apt(missing)
    _disable_units()
    return True


def _apt(missing: list[str]) -> None:
    _run("apt-get", "-q", "update")
    _run("apt-get", "-q", "-y", "--no-install-recommends", "install", *missing)


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep Debian from starting the servers it installs: ours are started by `suoi up` alone."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _disable_units() -> None:
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", *_UNITS], check=False, capture_output=True)
