"""The virtual environment: all of constraints.txt by hash, then this project, editable.

What is written in Cython is compiled on the way, and stands beside its source.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from infra.setup import stamps

_COMPILED = ("schemas", "streams", "consumers")
"""The rooms that hold Cython."""


def install(root: Path) -> bool:
    """Make `.venv` so that `.venv/bin/suoi` works; False when it already does."""
    venv = root / ".venv"
    written = sources(root)
    files = (root / "constraints.txt", root / "pyproject.toml", *written, *declared(root))
    wanted = stamps.digest(files, version(), str(root))
    stamp = venv / "suoi.stamp"
    made = (venv / "bin" / "suoi", venv / "bin" / "python", *map(compiled, written))
    if stamps.is_fresh(stamp, wanted, made):
        return False
    if not _is_usable(venv):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    _pip(venv, "--require-hashes", "-r", str(root / "constraints.txt"))
    # setuptools and Cython are among the constraints: nothing is fetched to build ourselves
    _pip(venv, "--no-deps", "--no-build-isolation", "-e", str(root))
    stamps.write(stamp, wanted)
    return True


def version() -> str:
    """Return the version of the Python that runs this."""
    return ".".join(map(str, sys.version_info[:3]))


def sources(root: Path) -> list[Path]:
    """Return what is written in Cython."""
    return sorted(path for room in _COMPILED for path in (root / room).rglob("*.pyx"))


def declared(root: Path) -> list[Path]:
    """Return what those modules tell one another of themselves."""
    return sorted(path for room in _COMPILED for path in (root / room).rglob("*.pxd"))


def compiled(source: Path) -> Path:
    """Return where *source*, in Cython, stands when compiled for this Python."""
    return source.with_suffix(str(sysconfig.get_config_var("EXT_SUFFIX")))


def _is_usable(venv: Path) -> bool:
    python = venv / "bin" / "python"
    code = "import sys; sys.stdout.write('.'.join(map(str, sys.version_info[:3])))"
    if not python.exists():
        return False
    found = subprocess.run([str(python), "-c", code], check=False, capture_output=True, text=True)
    return found.stdout == version()


def _pip(venv: Path, *words: str) -> None:
    environment = {
        **os.environ,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONWARNINGS": "ignore",  # setuptools warns that an editable installation is one
    }
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", *words]
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
