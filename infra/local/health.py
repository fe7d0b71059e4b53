"""How the components of the stack stand: the first half of `suoi status --json` (DESIGN.md 9)."""

from typing import Any

from infra.local.home import Home
from infra.local.state import Standing, State, read_state

_GOOD = ("ready", "done")


def component_status(home: Home) -> dict[str, Any]:
    """Return `healthy`, `problems` and `components` of the stack at *home*.

    A component is well when its last probe succeeded and its process lives; a dead supervisor
    is a problem of its own, since nobody would restart what dies next.
    """
    state = read_state(home.state_file)
    problems = [*_stack_problems(home, state), *_component_problems(home, state)]
    return {
        "healthy": not problems,
        "problems": problems,
        "components": {name: _shown(item) for name, item in state.components.items()},
    }


def _stack_problems(home: Home, state: State) -> list[dict[str, str]]:
    if not state.runs():
        what = state.problem or "the local stack does not run"
        return [_problem(what, "stack", state.since, f"start it: suoi up --home {home.root}")]
    if state.phase != "ready":
        return [
            _problem(f"the stack is {state.phase}", "stack", state.since, "wait, then ask again")
        ]
    return []


def _component_problems(home: Home, state: State) -> list[dict[str, str]]:
    found = []
    for name, item in state.components.items():
        what = _trouble(item)
        if what and (state.runs() or item.problem):
            hint = f"read {home.logs / name}.log; its supervisor starts it again by itself"
            found.append(_problem(what, name, item.since, hint))
    return found


def _trouble(item: Standing) -> str | None:
    if item.state in _GOOD:
        process = item.process
        if process is None or not process.lives():
            return "its process has died" if process else None
        return "its process is frozen: stopped by a signal (SIGSTOP)" if process.frozen() else None
    return f"it is {item.state}" + (f": {item.problem}" if item.problem else "")


def _problem(what: str, where: str, since: str, hint: str) -> dict[str, str]:
    return {"what": what, "where": where, "since": since, "hint": hint}


def _shown(item: Standing) -> dict[str, Any]:
    return {
        "state": item.state,
        "pid": item.pid,
        "since": item.since,
        "restarts": item.restarts,
    }
