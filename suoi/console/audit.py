"""What people did in the console, and with which outcome: written before and after, never changed.

No value of a row stands in it, nor a password (invariant 6).
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from suoi.console.accounts import Clock, User
from suoi.console.store import Store

PAGE = 50
BEGUN, DONE, REFUSED, FAILED = "begun", "done", "refused", "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One thing somebody does: which action, to what, why."""

    action: str
    subject: str
    reason: str = ""
    unit: str | None = None
    """The unit whose data it is about; the user's own where it is about none."""
    facts: Mapping[str, object] = field(default_factory=dict)


class Audit:
    """Writes entries and reads them back."""

    def __init__(self, store: Store, clock: Clock = time.time) -> None:
        """Write into *store*."""
        self._store, self._clock = store, clock

    def note(self, user: User, deed: Deed, outcome: str, /, **facts: object) -> None:
        """Write down that *user* did *deed*, with its *outcome*; durable on return."""
        values = {
            "at": self._clock(),
            "user": user.name,
            "role": user.role.value,
            "unit": deed.unit or user.unit,
            "action": deed.action,
            "subject": deed.subject,
            "reason": deed.reason,
            "outcome": outcome,
            "facts": json.dumps({**deed.facts, **facts}, ensure_ascii=False, default=str),
        }
        self._store.ask("note", values)

    def read(
        self,
        unit: str | None = None,
        user: str | None = None,
        action: str | None = None,
        before: int | None = None,
    ) -> list[dict[str, Any]]:
        """Return a page of entries, newest first; all of them, or *before* an id, of one unit."""
        asked = {"unit": unit, "user": user, "action": action, "before": before, "most": PAGE}
        found = self._store.ask("entries", asked)
        return [entry | {"facts": json.loads(entry["facts"])} for entry in found]
