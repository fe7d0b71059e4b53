"""A component of the stack as a value: what to run, what it needs, how to know that it answers."""

import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.errors import Fatal


def _nothing() -> None:
    """Stand in where there is nothing to make and nothing to ask."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """A service that runs until it is stopped, or a task (*once*) that must end with 0."""

    name: str
    command: tuple[str, ...]
    once: bool = False
    needs: tuple[str, ...] = ()
    """Names of components that must be ready (a task: done) before this one starts."""
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    port: int | None = None
    """The port it must find free, where it listens."""
    make: Callable[[], None] = _nothing
    """Makes data and configuration that are missing; a thread runs it before each start."""
    probe: Callable[[], None] = _nothing
    """Asks the running component a real question; any exception means: not ready yet."""
    stop_signal: signal.Signals = signal.SIGTERM
    ready_s: float = 90.0
    """How long it may take to become ready (a task: to end)."""
    stop_s: float = 20.0
    """How long it may take to stop before it is killed."""


def check_plan(components: Iterable[Component]) -> dict[str, Component]:
    """Index *components* by name.

    Raises:
        Fatal: a component needs one that is not in the plan, or two need each other.
    """
    plan = {component.name: component for component in components}
    for component in plan.values():
        if absent := [name for name in component.needs if name not in plan]:
            message = f"{component.name} needs {', '.join(absent)}, which the plan does not hold."
            raise Fatal(message)
    start_order(plan)
    return plan


def start_order(plan: Mapping[str, Component]) -> list[str]:
    """Return the names of *plan*, each after all it needs.

    Raises:
        Fatal: some need each other.
    """
    order: list[str] = []
    left = dict(plan)
    while left:
        ready = [name for name, item in left.items() if all(need in order for need in item.needs)]
        if not ready:
            message = f"these components need each other: {', '.join(left)}."
            raise Fatal(message)
        order += ready
        left = {name: item for name, item in left.items() if name not in ready}
    return order
