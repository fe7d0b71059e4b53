"""All that requests are served with, put together once, by `web.py` or by a test."""

from collections.abc import Mapping
from dataclasses import dataclass

from suoi.console.accounts import Accounts, User
from suoi.console.audit import Audit
from suoi.console.hands import Hands
from suoi.console.lockout import Lockout
from suoi.console.sampler import Sampler
from suoi.console.sessions import Session, Sessions
from suoi.console.snapshot import Snapshot, narrowed
from suoi.console.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """What there is to ask and to act with."""

    accounts: Accounts
    sessions: Sessions
    lockout: Lockout
    audit: Audit
    sampler: Sampler
    hands: Hands
    units: Mapping[str, str]
    """Unit -> its title."""
    secure: bool = False
    """Whether browsers reach us through TLS only."""
    hosts: tuple[str, ...] = ()
    """Names we answer to; none = any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """Who asks, in which language, and what they sent."""

    words: Words
    session: Session | None
    form: Mapping[str, str]
    is_api: bool

    @property
    def user(self) -> User:
        """Who is logged in; routes that need nobody do not ask."""
        assert self.session is not None  # noqa: S101  the gate lets nobody else in
        return self.session.user

    def snapshot(self, services: Services) -> Snapshot:
        """Return what is known now, of the visitor's unit alone: no view sees more."""
        services.sampler.look()
        return narrowed(services.sampler.snapshot, self.user.unit)
