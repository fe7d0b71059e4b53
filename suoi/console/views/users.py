"""The users, for the administrator; and the account of whoever is logged in."""

from datetime import UTC, datetime
from typing import Any

from typing_extensions import TypedDict

from suoi.console.accounts import User
from suoi.console.page import Query
from suoi.console.services import Services
from suoi.console.snapshot import Snapshot
from suoi.console.views.known import Action

_ACTS = ("user.role", "user.reset", "user.lock")


class Person(TypedDict):
    """One user."""

    name: str
    role: str
    role_text: str
    unit: str | None
    locked: bool
    created_at: datetime
    seen_at: datetime | None
    """When they were at work last, as far as a session still knows."""
    actions: list[Action]


class People(TypedDict):
    """The answer: every user."""

    users: list[Person]


class Account(TypedDict):
    """The answer: who is logged in."""

    name: str
    role: str
    role_text: str
    unit: str | None


def find(services: Services, _seen: Snapshot, _user: User, _query: Query) -> list[dict[str, Any]]:
    """Read every user."""
    return services.accounts.all()


def view(_seen: Snapshot, _user: User, query: Query) -> People:
    """Return every user."""
    return {"users": [_person(row, query) for row in query.found]}


def view_account(_seen: Snapshot, user: User, query: Query) -> Account:
    """Return who is logged in."""
    text = query.words(f"role.{user.role}")
    return {"name": user.name, "role": user.role.value, "role_text": text, "unit": user.unit}


def _person(row: dict[str, Any], query: Query) -> Person:
    seen = row["seen_at"]
    return {
        "name": row["name"],
        "role": row["role"],
        "role_text": query.words(f"role.{row['role']}"),
        "unit": row["unit"],
        "locked": bool(row["locked"]),
        "created_at": datetime.fromtimestamp(row["created_at"], UTC),
        "seen_at": None if seen is None else datetime.fromtimestamp(seen, UTC),
        "actions": [
            {
                "name": name,
                "text": query.words(f"act.{name}.title"),
                "url": f"/users/{row['name']}/{name.rpartition('.')[2]}",
            }
            for name in _ACTS
        ],
    }
