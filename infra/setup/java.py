"""The Java artefacts: one Maven resolution a directory, every file of pinned SHA-256."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from infra.errors import Fatal
from infra.setup import stamps

_RESOLVED = ("broker", "connect", "agent")
"""Directories of jars, each resolved alone."""
_UNPACKED = {
    "apicurio-registry-app": "registry",
    "postgres": "plugins/postgres",
    "mariadb": "plugins/mariadb",
}
"""Word in an archive's name -> the directory it is unpacked into."""


def install(root: Path) -> bool:
    """Fill `.build/java`; False when it is already filled from the same poms and checksums.

    Raises:
        Fatal: a file is missing or is not the one we pinned.
    """
    poms = root / "infra" / "java"
    out = root / ".build" / "java"
    wanted = stamps.digest((*poms.rglob("pom.xml"), poms / "checksums.txt"))
    stamp = root / ".build" / "stamps" / "java"
    if stamps.is_fresh(stamp, wanted, tuple(map(out.joinpath, (*_RESOLVED, *_UNPACKED.values())))):
        return False
    fresh = out.with_name("java.new")  # a stack that runs keeps its jars until all is well
    fetch(poms, fresh)
    verify(fresh, poms / "checksums.txt")
    unpack(fresh)
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)
    stamps.write(stamp, wanted)
    return True


def fetch(poms: Path, out: Path) -> None:
    """Let Maven resolve and copy everything into an empty *out*."""
    shutil.rmtree(out, ignore_errors=True)
    command = [
        "mvn",
        "-q",
        "-B",
        "-Dstyle.color=never",
        "-f",
        str(poms / "pom.xml"),
        f"-Dout={out}",
        "generate-resources",
    ]
    subprocess.run(command, check=True, stdout=sys.stderr)


def checksums(out: Path) -> str:
    """Return the lines of checksums.txt for what lies in *out*, as `sha256sum` writes them."""
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return "".join(f"{_sha256(path)}  {path.relative_to(out)}\n" for path in files)


def verify(out: Path, pinned: Path) -> None:
    """Compare *out* with *pinned*, file by file.

    Raises:
        Fatal: naming the files that differ, are missing or were never pinned.
    """
    differing = set(checksums(out).splitlines()) ^ set(pinned.read_text().splitlines())
    names = sorted({line.split("  ", 1)[1] for line in differing})
    if names:
        message = (
            f"Java artefacts differ from infra/java/checksums.txt: {', '.join(names)}. "
            "Remove ~/.m2/repository and try again; if it stays so, do not use them."
        )
        raise Fatal(message)


def unpack(out: Path) -> None:
    """Unpack the archives in *out*, each into its own directory, owned by ourselves."""
    for archive in (out / "archives").iterdir():
        target = out / next(place for word, place in _UNPACKED.items() if word in archive.name)
        target.mkdir(parents=True)
        # not tarfile: Debian 12's Python 3.11.2 knows no filter, and as root keeps foreign owners
        command = ("tar", "-xzf", str(archive), "-C", str(target), "--no-same-owner")
        subprocess.run(command, check=True, stdout=sys.stderr)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
