"""The supervisor: starts the components of a plan in order, keeps them running, stops them.

Each component has one task of the event loop that leads it through its life:
wait for needs -> make -> spawn -> ready -> (dies: back off, again) -> stop, after all that need it.
A component that used up its restarts is `failed`, shown as a problem, and tried once a minute from
then on: it heals without a human when its cause goes away (invariant 8).
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Iterable

from infra.errors import Trouble
from infra.local.budget import Budget
from infra.local.child import Child, spawn
from infra.local.component import Component, check_plan
from infra.local.home import Home
from infra.local.logfiles import last_words, trim
from infra.local.requests import take_requests
from infra.local.state import Standing, State, now_text, this_process, write_state
from infra.settings import read_number

_LOOK_S = 0.1
_SLOW_S = 60.0
_HEED_S = 0.5
_FIRST_RESTARTS = 4
"""Restarts while the stack comes up: a wrong set-up is told within seconds, not minutes."""


class Supervisor:
    """One run of a stack; `run` returns once it has stopped."""

    def __init__(self, home: Home, components: Iterable[Component]) -> None:
        """Take over the *components* at *home*."""
        self._home = home
        self._plan = check_plan(components)
        self._state = State(supervisor=this_process(), phase="starting")
        self._state.components = {name: Standing() for name in self._plan}
        self._ready = {name: asyncio.Event() for name in self._plan}
        self._stopped = {name: asyncio.Event() for name in self._plan}
        self._stop = asyncio.Event()
        self._children: dict[str, Child] = {}

    async def run(self) -> State:
        """Bring all up, keep it up until a signal or a failed start, stop; returns the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        self._save()
        lives = [asyncio.create_task(self._lead(item)) for item in self._plan.values()]
        duties = (self._watch_start(), self._trim_logs(), self._heed_requests())
        watch = [asyncio.create_task(duty) for duty in duties]
        await self._stop.wait()
        if self._state.phase != "failed":
            self._enter("stopping")
        await asyncio.gather(*lives)
        for task in watch:
            task.cancel()
        self._enter("failed" if self._state.problem else "stopped")
        return self._state

    async def _watch_start(self) -> None:
        await asyncio.gather(*(event.wait() for event in self._ready.values()))
        self._enter("ready")

    async def _trim_logs(self) -> None:
        while True:
            await asyncio.sleep(_SLOW_S)
            for name in self._plan:
                await asyncio.to_thread(trim, self._home.logs / f"{name}.log")

    async def _heed_requests(self) -> None:
        """Kill what is asked for and still lives; its life then goes on as after any death."""
        while True:
            await asyncio.sleep(_HEED_S)
            for request in await asyncio.to_thread(lambda: list(take_requests(self._home))):
                child = self._children.get(request.component)
                if child is not None and child.identity == request.process:
                    child.strike(request.reason)

    async def _lead(self, component: Component) -> None:
        """Lead *component* through its life, until the stack stops."""
        for need in component.needs:
            await self._or_stop(self._ready[need].wait())
        budget, is_new = Budget(allowed=_FIRST_RESTARTS), True
        while not self._stop.is_set():
            started = time.monotonic()
            trouble = await self._live(component)
            if is_new and self._ready[component.name].is_set():
                budget, is_new = Budget(allowed=_restarts()), False
            if not self._stop.is_set():
                wait = budget.spend(time.monotonic(), time.monotonic() - started)
                await self._rest(component, wait, trouble)
        self._mark(component, "stopped")
        self._stopped[component.name].set()

    async def _live(self, component: Component) -> str:
        """Start *component* and stay until it ends or the stack stops; returns why it ended."""
        log = self._home.logs / f"{component.name}.log"
        try:
            await asyncio.to_thread(trim, log)
            await asyncio.to_thread(component.make)
            if self._stop.is_set():
                return "the stack stops"
            child = await spawn(component, log)
        except (Trouble, OSError) as error:
            return str(error)
        self._children[component.name] = child
        self._state.components[component.name].process = child.identity
        self._mark(component, "starting")
        try:
            return await self._follow(component, child)
        finally:
            await self._end(component, child)

    async def _follow(self, component: Component, child: Child) -> str:
        trouble = await self._become_ready(component, child)
        if trouble is not None:
            return trouble
        self._mark(component, "done" if component.once else "ready")
        self._ready[component.name].set()
        if component.once:
            self._state.components[component.name].process = None
            await self._stop.wait()
            return "it is done"
        await self._or_stop(asyncio.shield(child.ended))
        return (
            "the stack stops" if self._stop.is_set() else f"it ended by itself ({child.manner()})"
        )

    async def _become_ready(self, component: Component, child: Child) -> str | None:
        """Wait until *component* answers (a task: ends well); returns what went wrong, or None."""
        end = time.monotonic() + component.ready_s
        while time.monotonic() < end:
            if self._stop.is_set():
                return "the stack stops"
            if child.ended.done():
                well = component.once and child.ended.result() == 0
                return None if well else f"it ended before it was ready ({child.manner()})"
            if not component.once and await _answers(component) and not child.ended.done():
                return None
            await asyncio.wait((child.ended,), timeout=_LOOK_S)
        return f"it was not ready within {component.ready_s:g} s"

    async def _end(self, component: Component, child: Child) -> None:
        if self._stop.is_set():  # what needs it goes first
            needing = [name for name, item in self._plan.items() if component.name in item.needs]
            await asyncio.gather(*(self._stopped[name].wait() for name in needing))
        if not child.ended.done():
            self._mark(component, "stopping")
        await child.end()
        self._state.components[component.name].process = None

    async def _rest(self, component: Component, wait: float | None, trouble: str) -> None:
        """Wait before the next start; while the stack comes up, too many stop it all."""
        standing = self._state.components[component.name]
        standing.restarts += 1
        standing.problem = trouble
        if wait is None and self._state.phase == "starting":
            self._give_up(component, trouble)
            return
        self._mark(component, "failed" if wait is None else "restarting")
        await self._or_stop(asyncio.sleep(_SLOW_S if wait is None else wait))

    def _give_up(self, component: Component, trouble: str) -> None:
        said = last_words(self._home.logs / f"{component.name}.log")
        lines = "".join(f"\n  {line}" for line in said)
        self._state.problem = f"{component.name} did not start: {trouble}.{lines}"
        self._mark(component, "failed")
        self._enter("failed")
        self._stop.set()

    async def _or_stop(self, waiting: Awaitable[object]) -> None:
        """Wait for *waiting*, but no longer than until the stack stops."""
        tasks = (asyncio.ensure_future(waiting), asyncio.ensure_future(self._stop.wait()))
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()

    def _mark(self, component: Component, state: str) -> None:
        standing = self._state.components[component.name]
        if standing.state == "failed" and state not in ("ready", "done"):
            state = "failed"  # until it works again
        if standing.state != state:
            standing.state, standing.since = state, now_text()
        if state in ("ready", "done"):
            standing.problem = None
        self._save()

    def _enter(self, phase: str) -> None:
        self._state.phase, self._state.since = phase, now_text()
        self._save()

    def _save(self) -> None:
        write_state(self._home.state_file, self._state)


def _restarts() -> int:
    """How often a component may be restarted within five minutes; a chaos run needs more."""
    return int(read_number(os.environ, "SUOI_RESTARTS", Budget().allowed))


async def _answers(component: Component) -> bool:
    try:
        await asyncio.to_thread(component.probe)
    except Exception:  # noqa: BLE001  whatever the client raises, the answer is: not yet
        return False
    return True
