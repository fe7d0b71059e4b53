"""Where the programs of the stack lie (standard library alone: the set-up asks here)."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

from infra.errors import Fatal

_POSTGRES = Path("/usr/lib/postgresql")
_JVMS = Path("/usr/lib/jvm")
_SBIN = "/usr/sbin:/sbin"
OLDEST_POSTGRES = 15
OLDEST_JAVA = 17


def postgres() -> Path:
    """Return the bin directory of the newest PostgreSQL, 15 or later.

    Raises:
        Fatal: there is none.
    """
    found = {
        int(path.name): path / "bin" for path in _POSTGRES.glob("[0-9]*") if path.name.isdigit()
    }
    usable = [
        number
        for number in found
        if number >= OLDEST_POSTGRES and (found[number] / "initdb").exists()
    ]
    if not usable:
        _refuse("PostgreSQL 15 or newer", "postgresql-15")
    return found[max(usable)]


def mariadb() -> Path:
    """Return the MariaDB server program.

    Raises:
        Fatal: there is none.
    """
    return _program("mariadbd", "MariaDB", "mariadb-server")


def mariadb_installer() -> Path:
    """Return the program that makes an empty MariaDB data directory.

    Raises:
        Fatal: there is none.
    """
    return _program("mariadb-install-db", "MariaDB", "mariadb-server")


def redis() -> Path:
    """Return the Redis server program.

    Raises:
        Fatal: there is none.
    """
    return _program("redis-server", "Redis", "redis-server")


def java() -> Path:
    """Return the first Java of major version 17 or later: $JAVA_HOME, PATH, /usr/lib/jvm.

    Raises:
        Fatal: there is none, or only older ones.
    """
    chosen = next((path for path in _javas() if java_major(path) >= OLDEST_JAVA), None)
    if chosen is None:
        seen = "; ".join(f"{path} is {java_major(path)}" for path in _javas())
        _refuse("Java 17 or newer", "openjdk-17-jre-headless", seen)
    return chosen


@cache
def java_major(path: Path) -> int:
    """Return the major version of the Java at *path*; 0 when it does not say."""
    try:
        # JAVA_TOOL_OPTIONS and the like would put a line of their own first: search, do not parse
        said = subprocess.run(
            [path, "-version"], check=False, capture_output=True, text=True, timeout=30
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(version[1]) if version else 0


def _javas() -> Iterator[Path]:
    if "JAVA_HOME" in os.environ:
        yield Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    yield from sorted(_JVMS.glob("*/bin/java"), reverse=True)


def _program(name: str, product: str, package: str) -> Path:
    found = shutil.which(name) or shutil.which(name, path=_SBIN)
    if found is None:
        _refuse(product, package)
    return Path(found)


def _refuse(product: str, package: str, seen: str = "") -> NoReturn:
    found = f" ({seen})" if seen else ""
    message = (
        f"{product} is not on this machine{found}; "
        f"run `make setup`, or install the Debian package {package}."
    )
    raise Fatal(message)
