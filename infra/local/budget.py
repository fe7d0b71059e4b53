"""How often a component may be restarted, and how long to wait before each time."""

from collections import deque
from dataclasses import dataclass, field

FIRST_S, LONGEST_S = 0.2, 10.0
_SETTLED_S = 10.0


@dataclass(kw_only=True, slots=True)
class Budget:
    """Restarts of one component: at most *allowed* within *window_s*, with waits that double.

    The caller says what time it is, in seconds of any steady clock.
    """

    allowed: int = 10
    window_s: float = 300.0
    _spent: deque[float] = field(default_factory=deque)
    _in_a_row: int = 0

    def spend(self, now: float, worked_s: float = 0.0) -> float | None:
        """Return the seconds to wait before the next start; None when the budget is used up.

        *worked_s* is how long the component worked since its last start; after some seconds of
        work the next wait is the shortest again.
        """
        while self._spent and now - self._spent[0] > self.window_s:
            self._spent.popleft()
        if len(self._spent) >= self.allowed:
            return None
        self._spent.append(now)
        self._in_a_row = 0 if worked_s > _SETTLED_S else self._in_a_row + 1
        return min(LONGEST_S, FIRST_S * 2.0 ** max(0, self._in_a_row - 1))
