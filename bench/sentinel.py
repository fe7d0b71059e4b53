"""Waits for the end of a benchmark, however it comes, then stops its stack and removes its home.

python -m bench.sentinel HOME ROOT    (standard input: a pipe that the benchmark holds open)
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from infra.local.home import Home
from infra.local.stack import Stack


def main() -> None:
    """Wait, stop, remove; SUOI_KEEP keeps the home."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    home, root = map(Path, sys.argv[1:])
    sys.stdin.buffer.read()
    if (home / "run").is_dir():
        Stack(Home(home)).stop()
    if "SUOI_KEEP" not in os.environ:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
