"""Sessions: a random token in a cookie, of which only the SHA-256 is kept."""

import hashlib
import secrets
import time
from enum import StrEnum
from typing import NamedTuple

from suoi.console.accounts import Clock, User
from suoi.console.roles import Role
from suoi.console.store import Row, Store

IDLE_S = 1800.0
LONGEST_S = 12 * 3600.0
_TOUCH_S = 20.0
_SKEW_S = 300.0
"""A clock this far behind what it said before has been set back: no age can be told any more."""


class Ended(StrEnum):
    """Why there is no session any more."""

    ABSENT = "absent"
    IDLE = "idle"
    OLD = "old"
    LOCKED = "locked"
    CLOCK = "clock"


class Session(NamedTuple):
    """Somebody who is logged in."""

    user: User
    csrf: str
    token_hash: str


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, store: Store, clock: Clock = time.time, idle_s: float = IDLE_S) -> None:
        """Keep them in *store*; one that nobody uses for *idle_s* seconds ends."""
        self._store, self._clock, self.idle_s = store, clock, idle_s

    def start(self, user: User, former: str | None = None) -> str:
        """Begin a session of *user*; returns its token. The *former* one of the browser ends."""
        token, now = secrets.token_urlsafe(32), self._clock()
        old = {"seen_before": now - self.idle_s, "started_before": now - LONGEST_S}
        values = {"user": user.name, "csrf": secrets.token_urlsafe(32), "at": now}
        with self._store.transaction():
            self._store.ask("end_old_sessions", old)
            if former is not None:
                self._store.ask("end_session", {"token_hash": _hashed(former)})
            self._store.ask("start_session", values | {"token_hash": _hashed(token)})
        return token

    def find(self, token: str | None, *, touch: bool = True) -> Session | Ended:
        """Return the session of *token*, or why there is none; *touch* = its user is at work."""
        if not token:
            return Ended.ABSENT
        return self.find_hashed(_hashed(token), touch=touch)

    def find_hashed(self, token_hash: str, *, touch: bool = False) -> Session | Ended:
        """Return the session whose token has this SHA-256, or why there is none."""
        rows = self._store.ask("session", {"token_hash": token_hash})
        if not rows:
            return Ended.ABSENT
        row, now = rows[0], self._clock()
        if (ended := self._ended(row, now)) is not None:
            self._store.ask("end_session", {"token_hash": token_hash})
            return ended
        if touch and now - row["seen_at"] > min(_TOUCH_S, self.idle_s / 4):
            self._store.ask("touch", {"token_hash": token_hash, "at": now})
        return Session(_user(row), row["csrf"], token_hash)

    def end(self, session: Session) -> None:
        """End *session*."""
        self._store.ask("end_session", {"token_hash": session.token_hash})

    def _ended(self, row: Row, now: float) -> Ended | None:
        if row["locked"]:
            return Ended.LOCKED
        if now < row["seen_at"] - _SKEW_S:
            return Ended.CLOCK
        if now - row["seen_at"] > self.idle_s:
            return Ended.IDLE
        return Ended.OLD if now - row["started_at"] > LONGEST_S else None


def _user(row: Row) -> User:
    return User(name=row["user"], role=Role(row["role"]), unit=row["unit"])


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
