"""`python3 -m infra.setup.checksums`: pin what the poms say now; read the difference."""

import tempfile
from pathlib import Path

from infra.setup import java
from infra.setup.steps import ROOT


def main() -> None:
    """Rewrite infra/java/checksums.txt."""
    poms = ROOT / "infra" / "java"
    with tempfile.TemporaryDirectory() as place:
        java.fetch(poms, Path(place) / "java")
        (poms / "checksums.txt").write_text(java.checksums(Path(place) / "java"))


if __name__ == "__main__":
    main()
