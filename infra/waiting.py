"""Waiting for a condition with a deadline; nothing sleeps for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(ask: Callable[[], Found], patience_s: float, pause_s: float = 0.1) -> Found:
    """Ask again and again until the answer is true, or *patience_s* is over; returns the last.

    It is asked once at least, and every *pause_s* seconds.
    """
    deadline = time.monotonic() + patience_s
    while True:
        answer = ask()
        if answer or time.monotonic() >= deadline:
            return answer
        time.sleep(pause_s)
