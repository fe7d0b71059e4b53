"""A supervisor held still, so that what a test stopped stays stopped until the test lets go."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from infra.local.state import birth
from support.stack import Stack
from support.waiting import until


@contextmanager
def halted(stack: Stack) -> Iterator[None]:
    """Nothing that ends in the block is started again before its end."""
    state = json.loads((stack.home / "run" / "state.json").read_text())
    supervisor = int(state["supervisor"]["pid"])
    os.kill(supervisor, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)


def end(stack: Stack, component: str, chosen: signal.Signals = signal.SIGKILL) -> int:
    """End a component while the supervisor is halted; returns its pid, gone but not collected."""
    pid = stack.pid(component)
    with suppress(ProcessLookupError):
        os.kill(pid, chosen)
    until(lambda: birth(pid) is None, 60)
    return pid
