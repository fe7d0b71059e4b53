"""Another process of a group beside the supervised one: what comes, goes, and comes too late."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stack import ROOT, Stack


@contextmanager
def second_sink(
    stack: Stack, end: signal.Signals = signal.SIGTERM, word: str = "province"
) -> Iterator[Callable[[], bool]]:
    """Run one more sink until the block ends, by *end*; the yielded question is: has it joined?"""
    ready = Path(stack.home) / "run" / "second_sink.ready"
    ready.unlink(missing_ok=True)
    surroundings = stack.environment | {"SUOI_READY_FILE": str(ready)}
    surroundings.pop("SUOI_FAULTS")
    command = [sys.executable, "-m", "suoi", "run", word, "--beside", "--home", str(stack.home)]
    with (stack.home / "logs" / "second_sink.log").open("ab") as log:
        process = subprocess.Popen(command, env=surroundings, cwd=ROOT, stderr=log)
        try:
            yield ready.exists
        finally:
            process.send_signal(end)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
