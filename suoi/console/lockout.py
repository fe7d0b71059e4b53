"""Waits after failed logins: each guess beyond the fifth costs twice the time of the one before.

Counted for the name that was tried and for the address it came from, so that neither many names
nor many addresses make guessing cheap. A login that succeeds clears its name, never its address.
"""

import time

from suoi.console.accounts import Clock
from suoi.console.store import Store

FREE = 5
"""Guesses that cost nothing (family S8 of the level-3 controls)."""
FIRST_S, LONGEST_S = 5.0, 900.0
REMEMBERED_S = 3600.0


class Lockout:
    """Counts failures and says how long to wait."""

    def __init__(self, store: Store, clock: Clock = time.time) -> None:
        """Count in *store*."""
        self._store, self._clock = store, clock

    def wait_s(self, name: str, address: str) -> float:
        """Return how many seconds *name*, tried from *address*, has to wait; 0 = go on."""
        return max(self._left(subject) for subject in _subjects(name, address))

    def fail(self, name: str, address: str) -> None:
        """Count a failure."""
        now = self._clock()
        for subject in _subjects(name, address):
            self._store.ask("fail", {"subject": subject, "at": now})
        self._store.ask("forget_failures", {"before": now - REMEMBERED_S})

    def clear(self, name: str) -> None:
        """Forget the failures of *name*: they have shown who they are."""
        self._store.ask("forgive", {"subject": _subjects(name, "")[0]})

    def _left(self, subject: str) -> float:
        now = self._clock()
        values = {"subject": subject, "after": now - REMEMBERED_S}
        count, last = self._store.ask("failures", values)[0].values()
        if count < FREE:
            return 0.0
        wait_s: float = min(FIRST_S * 2.0 ** int(count - FREE), LONGEST_S)
        return max(0.0, float(last) + wait_s - now)


def _subjects(name: str, address: str) -> tuple[str, str]:
    return f"user:{name[:64]}", f"address:{address}"
