"""A whole stack of its own whose wires can be cut; its oracles go around the proxy."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from support.stack import ROOT, Stack
from support.wires import BEFORE, BEHIND, Rules
from support.witness import Witness

_START = (
    "import sys; from pathlib import Path; from infra.local.home import Home; "
    "from infra.local.stack import Stack; Stack(Home(Path(sys.argv[1])), sys.argv[2]).start()"
)


class WiredStack(Stack):
    """A running stack with a proxy before Kafka, the province and so_tu_phap."""

    def start(self) -> None:
        """Start it in the background; returns once all is ready."""
        paths = f"{ROOT / 'tests'}:{ROOT}"
        subprocess.run(
            [sys.executable, "-c", _START, str(self.home), "support.wires:plan"],
            env=self.environment | {"PYTHONPATH": paths},
            cwd=ROOT,
            check=True,
            timeout=300,
        )

    @property
    def rules(self) -> Rules:
        """Its wires."""
        return Rules(self.home)

    @cached_property
    def env(self) -> dict[str, Any]:
        """The answer of `suoi env --json`, with the databases' own addresses."""
        answer: dict[str, Any] = self.json("env")
        for part in (answer["province"], answer["sources"]["so_tu_phap"]):
            part["dsn"] = part["dsn"].replace(f"@{BEFORE}:", f"@{BEHIND}:")
        return answer


@contextmanager
def wired_stack(prepare: Callable[[Path], None] = lambda _: None) -> Iterator[WiredStack]:
    """Run one until the block ends, with its witness; *prepare* gets its home before it starts."""
    root = Path(tempfile.mkdtemp(prefix="suoi-wired-"))
    root.chmod(0o755)
    stack = WiredStack(root / "home")
    try:
        prepare(stack.home)
        stack.start()
        stack.witness = Witness(stack.justice)
        yield stack
    finally:
        stack.close()
        stack.suoi("down", check=False)
        shutil.rmtree(root, ignore_errors=True)
