"""The rival's Java artefacts, pinned as the house pins its own; fetched here and never by setup.

    .venv/bin/python -m bench.artefacts [--pin]

Fills .build/bench/plugins (a directory for each plugin). --pin writes the checksums anew.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from infra.setup import java, stamps

ROOT = Path(__file__).parents[1]
POMS = ROOT / "bench" / "java"
PINNED = POMS / "checksums.txt"
PLUGINS = ROOT / ".build" / "bench" / "plugins"
_CONVERTER = "io.apicurio.registry.utils.converter.AvroConverter\n"


def install() -> Path:
    """Return the directory of plugins, fetched and verified where it is not there yet.

    Raises:
        Fatal: a file is missing or is not the one we pinned.
    """
    wanted = stamps.digest((*POMS.rglob("pom.xml"), PINNED))
    stamp = PLUGINS.parent / "stamp"
    if stamps.is_fresh(stamp, wanted, (PLUGINS,)):
        return PLUGINS
    PLUGINS.parent.mkdir(parents=True, exist_ok=True)
    fetched = PLUGINS.parent / "fetched"
    java.fetch(POMS, fetched)
    java.verify(fetched, PINNED)
    shutil.rmtree(PLUGINS, ignore_errors=True)
    PLUGINS.mkdir()
    for archive in (fetched / "archives").iterdir():
        command = ("tar", "-xzf", str(archive), "-C", str(PLUGINS), "--no-same-owner")
        subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603  of our own making
    (fetched / "converter").rename(PLUGINS / "converter")
    _announce(PLUGINS / "converter" / "services.jar")
    shutil.rmtree(fetched)
    stamps.write(stamp, wanted)
    return PLUGINS


def _announce(path: Path) -> None:
    """Say in *path* that the converter is one: its own jars do not, and Connect would search."""
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/services/org.apache.kafka.connect.storage.Converter", _CONVERTER)


def pin() -> None:
    """Write the checksums of what the poms say now; read the difference."""
    with tempfile.TemporaryDirectory() as place:
        java.fetch(POMS, Path(place) / "java")
        PINNED.write_text(java.checksums(Path(place) / "java"))


def main() -> None:
    """Fetch, or pin."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pin", action="store_true")
    if words.parse_args().pin:
        pin()
    else:
        sys.stderr.write(f"{install()}\n")


if __name__ == "__main__":
    main()
