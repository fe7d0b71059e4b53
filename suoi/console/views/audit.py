"""The audit log: who did what in the console, when, why, and how it ended."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from typing_extensions import TypedDict

from suoi.console.accounts import User
from suoi.console.audit import PAGE
from suoi.console.page import Query
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot


class Entry(TypedDict):
    """One entry."""

    id: int
    at: datetime
    user: str
    role: str
    unit: str | None
    action: str
    action_text: str
    subject: str
    reason: str
    outcome: str
    outcome_text: str
    facts: dict[str, Any]


class Log(TypedDict):
    """The answer: a page of entries, newest first."""

    entries: list[Entry]
    chosen: dict[str, str]
    following: str


def find(services: Services, seen: Snapshot, _user: User, query: Query) -> list[dict[str, Any]]:
    """Read a page of entries; a reader of one unit reads those of that unit."""
    return services.audit.read(
        unit=seen.unit,
        user=query.values.get("user") or None,
        action=query.values.get("action") or None,
        before=query.number("before"),
    )


def view(_seen: Snapshot, _user: User, query: Query) -> Log:
    """Return a page of entries."""
    rows = query.found
    chosen = {name: query.values.get(name, "")[:80] for name in ("user", "action")}
    asked = {name: value for name, value in chosen.items() if value}
    is_last = len(rows) < PAGE
    following = "" if is_last else "/audit?" + urlencode({**asked, "before": rows[-1]["id"]})
    entries = [_entry(row, query) for row in rows]
    return {"entries": entries, "chosen": chosen, "following": following}


def _entry(row: dict[str, Any], query: Query) -> Entry:
    words = query.words
    return {
        "id": row["id"],
        "at": datetime.fromtimestamp(row["at"], UTC),
        "user": row["user"],
        "role": row["role"],
        "unit": row["unit"],
        "action": row["action"],
        "action_text": words.best(f"act.{row['action']}.title", row["action"]),
        "subject": row["subject"],
        "reason": row["reason"],
        "outcome": row["outcome"],
        "outcome_text": words(f"outcome.{row['outcome']}"),
        "facts": row["facts"],
    }
