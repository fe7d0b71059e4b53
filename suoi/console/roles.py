"""Who may do what: every route of the console by name, and the roles that may reach it.

The only place where that is said. A route without a line here cannot be reached; a test walks
every route as every role.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Role(StrEnum):
    """What a person is there for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    STEWARD = "steward"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Rule(NamedTuple):
    """Who reaches one route."""

    roles: frozenset[Role]
    narrowed: bool
    """Whether a user of one unit sees, and acts on, that unit alone there."""
    anonymous: bool = False
    """Whether it is reached before any login."""


_ALL = frozenset(Role)
_READS = Rule(_ALL, narrowed=True)
_CAPTURES = Rule(frozenset({Role.OPERATOR}), narrowed=True)
_TENDS = Rule(frozenset({Role.STEWARD}), narrowed=True)
_SPEAKS = Rule(frozenset({Role.STEWARD, Role.OFFICER}), narrowed=True)
"""For a unit, by its own people: the action looks at the unit too."""
_AUDITS = Rule(frozenset({Role.AUDITOR, Role.ADMIN}), narrowed=True)
_RULES = Rule(frozenset({Role.ADMIN}), narrowed=False)
_OWN = Rule(_ALL, narrowed=False)
_ANYBODY = Rule(_ALL, narrowed=False, anonymous=True)

ROUTES: Mapping[str, Rule] = MappingProxyType(
    {
        "login": _ANYBODY,
        "language": _ANYBODY,
        "static": _ANYBODY,
        "logout": _OWN,
        "account": _OWN,
        "account.password": _OWN,
        "openapi": _OWN,
        "home": _READS,
        "board": _READS,
        "dataset": _READS,
        "history": _READS,
        "connectors": _READS,
        "connector": _READS,
        "quarantine": _READS,
        "item": _READS,
        "obligations": _READS,
        "duties": _READS,
        "audit": _AUDITS,
        "users": _RULES,
        "connector.pause": _CAPTURES,
        "connector.resume": _CAPTURES,
        "connector.restart": _CAPTURES,
        "connector.load": _CAPTURES,
        "dataset.pause": _CAPTURES,
        "dataset.resume": _CAPTURES,
        "quarantine.preview": _TENDS,
        "quarantine.replay": _TENDS,
        "item.unmask": _SPEAKS,
        "duty.attest": _SPEAKS,
        "duty.withdraw": _SPEAKS,
        "duty.override": _TENDS,
        "user.add": _RULES,
        "user.role": _RULES,
        "user.reset": _RULES,
        "user.lock": _RULES,
    }
)
"""Route -> its rule. The page, its JSON and its stream share one name, so they share one rule."""


def rule_of(route: str | None) -> Rule | None:
    """Return the rule of *route*: `api:home` and `live:home` are ruled as `home`; None = no entry.

    FastAPI's own name of a route nobody listed finds nothing here.
    """
    return ROUTES.get((route or "").rpartition(":")[2])


def admits(rule: Rule, role: Role | None) -> bool:
    """Say whether *rule* lets somebody of *role* in; None = nobody is logged in."""
    return rule.anonymous if role is None else role in rule.roles


def may(role: Role, route: str) -> bool:
    """Say whether *role* reaches *route*: what a page offers is what its reader may do."""
    rule = rule_of(route)
    return rule is not None and admits(rule, role)
