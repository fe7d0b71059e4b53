"""How long a transient fault is waited out, and in which steps."""

import time
from collections.abc import Iterator

_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0


def waits(patience: float) -> Iterator[float | None]:
    """Yield the seconds to wait after each failure; None once *patience* seconds are over."""
    end = time.monotonic() + patience
    wait = _FIRST_WAIT_S
    while time.monotonic() + wait < end:
        yield wait
        wait = min(wait * 2, _LONGEST_WAIT_S)
    yield None
