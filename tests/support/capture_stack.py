"""A small stack for the capture alone: two departments, Kafka, Connect and the watch over them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from infra.local import connect, kafka, mariadb, postgres, workers
from infra.local.component import Component
from infra.local.home import Home
from infra.local.stack import Stack as Supervised
from support.stack import ROOT, Stack

DATASETS = ("so_nnmt/nnmt_thua_dat", "so_nnmt/nnmt_ocop")


def plan(home: Home) -> list[Component]:
    """What is needed to capture a PostgreSQL and a MariaDB source, and nothing behind it."""
    parts = [
        postgres.department(home, "vbdlis_sonla"),
        mariadb.department(home, "so_nnmt"),
        kafka.broker(home),
        connect.worker(home),
        workers.task(home, "kafka"),
        workers.task(home, "departments"),
        workers.task(home, "connectors"),
        workers.worker(home, "watch"),
    ]
    names = {part.name for part in parts}
    return [
        replace(part, needs=tuple(need for need in part.needs if need in names)) for part in parts
    ]


class CaptureStack(Stack):
    """The same ways in; no province and no portal."""

    def __init__(self, home: Path) -> None:
        """Choose *home*; the contracts are those of two datasets."""
        super().__init__(home)
        shutil.rmtree(self.contracts)
        for name in DATASETS:
            place = self.contracts / f"{name}.odcs.yaml"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "schemas" / "datasets" / f"{name}.odcs.yaml", place)

    def start(self) -> None:
        """Start it; its supervisor takes our environment."""
        words = {**self.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        os.environ.update(words)
        self._supervised = Supervised(Home(self.home), "support.capture_stack:plan")
        self._supervised.start()

    def stop(self) -> None:
        """Stop all of it."""
        self._supervised.stop()
