"""A stack as one thing: serve it here, start it in the background, wait for it, stop it, strike it.

The command line and the tests use the same code.
"""

import asyncio
import fcntl
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from typing import IO

from infra.errors import Fatal, Trouble
from infra.local.access import write_reach
from infra.local.component import Component
from infra.local.files import PRIVATE
from infra.local.home import Home
from infra.local.logfiles import trim
from infra.local.orphans import end_orphans, gone
from infra.local.plan import full_plan
from infra.local.ports import is_free
from infra.local.state import State, read_state, this_process, write_state
from infra.local.supervisor import Supervisor

Plan = Callable[[Home], list[Component]]
FULL_PLAN = "infra.local.plan:full_plan"
_READY_S = 300.0
_STOP_S = 120.0
_LOOK_S = 0.1


class Running(Trouble):
    """This stack runs already."""


def serve(home: Home, plan: Plan = full_plan) -> State:
    """Run the stack at *home* in this process until it is told to stop; returns how it ended.

    Raises:
        Running: another process serves this home.
        Usage: the ports that were given are none.
        Fatal: the home cannot be used, a program is missing, a port is taken, a component does
        not start.
    """
    home.make()
    with (home.run / "supervisor.lock").open("w") as lock:
        _take(lock, home)
        before = read_state(home.state_file)
        write_state(home.state_file, State(supervisor=this_process(), phase="starting"))
        try:
            end_orphans(before)
            components = plan(home)
            refuse_taken_ports(home, components)
            write_reach(home)
            end = asyncio.run(Supervisor(home, components).run())
        except Trouble as error:
            write_state(home.state_file, State(phase="failed", problem=str(error)))
            raise
    if end.problem:
        raise Fatal(end.problem)
    return end


def refuse_taken_ports(home: Home, components: Iterable[Component]) -> None:
    """Look whether every component can listen.

    Raises:
        Fatal: naming the first port another program has.
    """
    for component in components:
        if component.port is not None and not is_free(component.port):
            message = (
                f"port {component.port} of {component.name} is taken by another program. "
                f"End that program, or change the port in {home.root / 'ports.json'}."
            )
            raise Fatal(message)


class Stack:
    """The stack at one home, seen from outside of its supervisor."""

    def __init__(self, home: Home, plan: str = FULL_PLAN) -> None:
        """Speak of the stack at *home*; *plan* ("module:function") says what it consists of."""
        self.home = home
        self._plan = plan
        self._launched: int | None = None

    def state(self) -> State:
        """Return how it stands, or last stood when its supervisor was killed."""
        return read_state(self.home.state_file)

    def is_ready(self) -> bool:
        """Say whether all of it has come up and its supervisor is alive."""
        state = self.state()
        return state.phase == "ready" and state.runs()

    def start(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Start it in the background; returns once all is ready. *tell* hears of progress.

        Raises:
            Fatal: it does not start; the message names the component and its last words.
        """
        self.home.make()
        if not self.state().runs():
            self._launch()
        self._wait_ready(tell)

    def stop(self) -> bool:
        """Stop it, and whatever a killed supervisor left behind; False when nothing ran.

        Raises:
            Fatal: it did not stop within two minutes.
        """
        state = self.state()
        if not state.runs():
            left = end_orphans(state)
            return bool(left)
        assert state.supervisor is not None  # noqa: S101  runs() says so
        os.kill(state.supervisor.pid, signal.SIGTERM)
        if not gone([state.supervisor], _STOP_S):
            message = f"the supervisor ({state.supervisor.pid}) did not stop within {_STOP_S:g} s."
            raise Fatal(message)
        return True

    def pid(self, name: str) -> int:
        """Return the process number of component *name* (or `supervisor`).

        Raises:
            Fatal: it does not run.
        """
        state = self.state()
        process = state.process(name)
        if process is None or not process.lives():
            message = f"{name} does not run."
            raise Fatal(message)
        return process.pid

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to component *name* alone and return the process number that it struck."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def _launch(self) -> None:
        path = self.home.logs / "supervisor.log"
        trim(path)
        command = [sys.executable, "-m", "infra.local", str(self.home.root), self._plan]
        appended = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        # not subprocess: it expects its children to end before itself, and this one stays
        self._launched = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(path), appended, PRIVATE),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def _wait_ready(self, tell: Callable[[str], None]) -> None:
        end = time.monotonic() + _READY_S
        told: set[str] = set()
        while time.monotonic() < end:
            state = self.state()
            self._tell_ready(state, told, tell)
            if self.is_ready():
                return
            if self._has_ended(state):
                raise Fatal(
                    self.state().problem
                    or f"the stack ended; read {self.home.logs / 'supervisor.log'}."
                )
            time.sleep(_LOOK_S)
        waiting = [
            name for name, item in state.components.items() if item.state not in ("ready", "done")
        ]
        message = (
            f"the stack was not ready within {_READY_S:g} s; it waits for {', '.join(waiting)}."
        )
        raise Fatal(message)

    def _has_ended(self, state: State) -> bool:
        if self._launched is None:
            return not state.runs()
        return os.waitpid(self._launched, os.WNOHANG)[0] != 0

    @staticmethod
    def _tell_ready(state: State, told: set[str], tell: Callable[[str], None]) -> None:
        for name, item in state.components.items():
            if item.state in ("ready", "done") and name not in told:
                told.add(name)
                tell(f"{name} {item.state}")


def named_plan(name: str) -> Plan:
    """Return the function that "module:function" names."""
    module, _, function = name.partition(":")
    found: Plan = getattr(importlib.import_module(module), function)
    return found


def _take(lock: IO[str], home: Home) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        message = f"the stack at {home.root} runs already."
        raise Running(message) from None
