"""Waiting on a condition with a deadline: the demonstration never sleeps for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
_PAUSE_S = 0.005


def wait_for(
    ask: Callable[[], Found | None], patience_s: float, pause_s: float = _PAUSE_S
) -> Found | None:
    """Ask again and again until the answer is not None; None once *patience_s* is over."""
    until = time.monotonic() + patience_s
    while True:
        answer = ask()
        if answer is not None or time.monotonic() >= until:
            return answer
        time.sleep(pause_s)
