"""The virtual environment: all of constraints.txt by hash, then this project, editable."""

import os
import subprocess
import sys
from pathlib import Path

from infra.setup import stamps


def install(root: Path) -> bool:
    """Make `.venv` so that `.venv/bin/suoi` works; False when it already does."""
    venv = root / ".venv"
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = stamps.digest((root / "constraints.txt", root / "pyproject.toml"), version, str(root))
    stamp = venv / "suoi.stamp"
    if stamps.is_fresh(stamp, wanted, (venv / "bin" / "suoi", venv / "bin" / "python")):
        return False
    if not _is_usable(venv):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    _pip(venv, "--require-hashes", "-r", str(root / "constraints.txt"))
    # setuptools is among the constraints: nothing is fetched to build ourselves
    _pip(venv, "--no-deps", "--no-build-isolation", "-e", str(root))
    stamps.write(stamp, wanted)
    return True


def _is_usable(venv: Path) -> bool:
    python = venv / "bin" / "python"
    code = "import sys; sys.stdout.write('.'.join(map(str, sys.version_info[:3])))"
    if not python.exists():
        return False
    found = subprocess.run([str(python), "-c", code], check=False, capture_output=True, text=True)
    return found.stdout == ".".join(map(str, sys.version_info[:3]))


def _pip(venv: Path, *words: str) -> None:
    environment = {
        **os.environ,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONWARNINGS": "ignore",  # setuptools warns that an editable installation is one
    }
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", *words]
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
