"""What must change for Connect to run what the contracts want: pure, secrets never shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.capture import Config

HIDDEN = "(hidden)"
_SECRET_WORDS = ("password", "secret", "jaas", "credential", "passphrase", "token")


class Action(StrEnum):
    """What is to be done with one connector."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    """Connect runs it and no source of ours wants it; a person decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One setting that differs; None = absent."""

    key: str
    running: str | None
    wanted: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One connector and what is to be done with it."""

    connector: str
    action: Action
    changes: tuple[Change, ...] = ()


def plan(wanted: Mapping[str, Config], running: Mapping[str, Config]) -> tuple[Step, ...]:
    """Compare wanted with running configurations, both by connector name."""
    return tuple(_steps(wanted, running))


def changes(wanted: Config, running: Config) -> tuple[Change, ...]:
    """List the settings that differ, by name; Connect adds `name` itself."""
    keys = sorted((wanted.keys() | running.keys()) - {"name"})
    return tuple(
        Change(key=key, running=_shown(key, running), wanted=_shown(key, wanted))
        for key in keys
        if running.get(key) != wanted.get(key)
    )


def _steps(wanted: Mapping[str, Config], running: Mapping[str, Config]) -> Iterator[Step]:
    for name in sorted(wanted.keys() | running.keys()):
        if name not in wanted:
            yield Step(connector=name, action=Action.UNKNOWN)
        elif name not in running:
            yield Step(connector=name, action=Action.CREATE)
        else:
            found = changes(wanted[name], running[name])
            action = Action.UPDATE if found else Action.UNCHANGED
            yield Step(connector=name, action=action, changes=found)


def _shown(key: str, config: Config) -> str | None:
    """A secret someone once typed into Connect stays hidden, and that it differs is still said."""
    value = config.get(key)
    if value is None or not any(word in key.lower() for word in _SECRET_WORDS):
        return value
    return value if value.startswith("${file:") and value.endswith("}") else HIDDEN
