"""Users of the console: names, roles, units, and passwords that only argon2id knows."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from infra.errors import Usage
from suoi.console.roles import Role
from suoi.console.store import Store

Clock = Callable[[], float]
"""Seconds since the epoch."""

SHORTEST, LONGEST = 14, 200
"""A password's length, in characters (family S10 of the level-3 controls)."""
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_UNIT_BOUND = frozenset({Role.OFFICER})


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Somebody who may log in."""

    name: str
    role: Role
    unit: str | None = None
    """The one unit all views are narrowed to; None = the whole province."""
    locked: bool = False


class Accounts:
    """Makes and knows users."""

    def __init__(
        self, store: Store, clock: Clock = time.time, hasher: PasswordHasher | None = None
    ) -> None:
        """Keep them in *store*; *hasher* is weaker in tests alone."""
        self._store, self._clock = store, clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._one_at_a_time = threading.Semaphore(1)
        """A guess costs 64 MiB and a core: many at once would be an attack by themselves."""

    def add(self, user: User, password: str | None = None) -> str:
        """Make *user*; returns the password, a generated one where none is given.

        Raises:
            Usage: the name is taken or none, the password too short, or an officer has no unit.
        """
        _check(user)
        if self.find(user.name) is not None:
            message = f"there is a user {user.name} already; `suoi user list` shows all."
            raise Usage(message)
        chosen = password or generated()
        values = {"name": user.name, "role": user.role.value, "unit": user.unit}
        hashed = self._hashed(chosen)
        self._store.ask("add_user", values | {"password": hashed, "at": self._clock()})
        return chosen

    def find(self, name: str) -> User | None:
        """Return the user *name*; None where there is none."""
        rows = self._store.ask("user", {"name": name})
        return user_of(rows[0]) if rows else None

    def all(self) -> list[dict[str, Any]]:
        """Return every user: name, role, unit, locked, created_at, seen_at (epoch seconds)."""
        return self._store.ask("users")

    def verify(self, name: str, password: str) -> User | None:
        """Return the user *name* where *password* is theirs; as slow for a name nobody has."""
        rows = self._store.ask("user", {"name": name})
        kept = rows[0]["password"] if rows else self._nobody
        try:
            with self._one_at_a_time:
                self._hasher.verify(kept, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        found = user_of(rows[0]) if rows else None
        return None if found is None or found.locked else found

    def set_role(self, name: str, role: Role, unit: str | None) -> None:
        """Give *name* another role and unit; the next request is judged by them.

        Raises:
            Usage: there is no such user, or an officer would have no unit.
        """
        self._known(name)
        _check(User(name=name, role=role, unit=unit))
        self._store.ask("set_role", {"name": name, "role": role.value, "unit": unit})

    def set_password(self, name: str, password: str | None = None) -> str:
        """Give *name* another password, generated where none is given; all sessions end.

        Raises:
            Usage: there is no such user, or the password is too short.
        """
        self._known(name)
        chosen = password or generated()
        hashed = self._hashed(chosen)
        with self._store.transaction():
            self._store.ask("set_password", {"name": name, "password": hashed})
            self._store.ask("end_sessions_of", {"user": name})
        return chosen

    def set_locked(self, name: str, *, locked: bool) -> None:
        """Lock *name* out, or let them in again; locked, all their sessions end.

        Raises:
            Usage: there is no such user.
        """
        self._known(name)
        with self._store.transaction():
            self._store.ask("set_locked", {"name": name, "locked": int(locked)})
            self._store.ask("end_sessions_of", {"user": name})

    def _known(self, name: str) -> None:
        if self.find(name) is None:
            message = f"there is no user {name!r}; `suoi user list` shows all."
            raise Usage(message)

    def _hashed(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            message = f"a password has {SHORTEST} to {LONGEST} characters."
            raise Usage(message)
        with self._one_at_a_time:
            return self._hasher.hash(password)


def user_of(row: dict[str, Any]) -> User:
    """Read one row of `user`."""
    unit, locked = row["unit"], bool(row["locked"])
    return User(name=row["name"], role=Role(row["role"]), unit=unit, locked=locked)


def generated() -> str:
    """Make a password nobody has thought of: 128 bits."""
    return secrets.token_urlsafe(16)


def _check(user: User) -> None:
    if not _NAME.fullmatch(user.name):
        message = (
            "a user's name has 2 to 32 small letters, digits, dots or dashes, a letter first, not "
            f"{user.name!r}."
        )
        raise Usage(message)
    if user.role in _UNIT_BOUND and user.unit is None:
        message = f"the role {user.role} is of one unit: name it with --unit."
        raise Usage(message)
