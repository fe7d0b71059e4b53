"""Break each rule and each guard once and see a test fail: `python -m bench.mutants [WORD …]`.

`tests/mutants*.toml` list the mutants. They are applied one by one in a copy of the tree, never in
the tree itself; what is written in Cython is compiled there. A mutant that no test notices
*survives*, one whose text is gone is *stale*; both fail the run. With words, only the mutants whose
rule holds one of them are tried.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.setup.python import compiled

ROOT = Path(__file__).parents[1]
LISTS = tuple(sorted((ROOT / "tests").glob("mutants*.toml")))
ROOMS = ("schemas", "infra", "connectors", "streams", "consumers", "suoi")
COPIED = (*ROOMS, "tests", "pyproject.toml", "README.md")
LINKED = (".build",)
"""The jars of the broker that some tests start."""
SECONDS = 120
"""How long the tests of one mutant may take; longer, and it counts as noticed."""
WHOLE_SECONDS = 1800
"""How long all of them may take, once, before anything is broken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One rule, broken once."""

    rule: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def read_mutants(paths: Iterable[Path] = LISTS) -> list[Mutant]:
    """Return the mutants of the lists at *paths*, in their order."""
    lists = [tomllib.loads(path.read_text("utf-8")) for path in paths]
    return [
        Mutant(**({"tests": tuple(said["tests"])} | one | _tests(one)))
        for said in lists
        for one in said["mutant"]
    ]


def _tests(said: dict[str, object]) -> dict[str, object]:
    given = said.get("tests")
    return {"tests": tuple(given)} if isinstance(given, list) else {}


def is_stale(mutant: Mutant, root: Path = ROOT) -> bool:
    """Say whether the text to be replaced does not stand in its file exactly once."""
    path = root / mutant.file
    return not path.is_file() or path.read_text("utf-8").count(mutant.old) != 1


def survives(mutant: Mutant, copy: Path) -> bool:
    """Break the rule in *copy*, run its tests, mend it; say whether they all passed."""
    path = copy / mutant.file
    files = (path, compiled(path)) if path.suffix == ".pyx" else (path,)
    whole = [file.read_bytes() for file in files]
    path.write_text(path.read_text("utf-8").replace(mutant.old, mutant.new), "utf-8")
    try:
        if path.suffix == ".pyx":
            _compile(copy)
        return _passes(mutant.tests, copy)
    finally:
        for file, body in zip(files, whole, strict=True):
            file.write_bytes(body)


def _compile(copy: Path) -> None:
    """Compile what has changed, quickly rather than well.

    Raises:
        CalledProcessError: a mutant that does not compile proves nothing.
    """
    code = "from setuptools import setup; setup()"
    command = [sys.executable, "-W", "ignore", "-c", code, "-q", "build_ext", "--inplace"]
    told = os.environ | {"CFLAGS": "-O0"}
    subprocess.run(command, cwd=copy, env=told, check=True, capture_output=True)  # noqa: S603


def _passes(tests: tuple[str, ...], copy: Path, seconds: int = SECONDS) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    told = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  our own tests
            command, cwd=copy, env=told, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _copy_to(place: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    for name in LINKED:
        (place / name).symlink_to(ROOT / name)


def main(words: list[str]) -> int:
    """Try every mutant; return how many were not noticed."""
    chosen = [one for one in read_mutants() if not words or any(w in one.rule for w in words)]
    left = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_to(copy)
        every = tuple(dict.fromkeys(test for one in chosen for test in one.tests))
        if not _passes(every, copy, WHOLE_SECONDS):
            print("The tests fail before anything is broken: mend them first.")
            return 1
        for one in chosen:
            began = time.perf_counter()
            word = (
                "STALE" if is_stale(one, copy) else "SURVIVES" if survives(one, copy) else "killed"
            )
            left += word != "killed"
            print(
                f"{word:8} {time.perf_counter() - began:5.1f} s  {one.file}: {one.rule}", flush=True
            )
    print(f"{len(chosen) - left} of {len(chosen)} mutants killed.")
    return min(left, 1)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
