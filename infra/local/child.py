"""One running process of a component: a session of its own, its log, its end."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from infra.local.component import Component
from infra.local.state import Process, birth


class Child:
    """A process we started. *ended* is a task that holds its exit code once it has gone."""

    def __init__(self, component: Component, process: asyncio.subprocess.Process) -> None:
        """Watch *process*, which runs *component*."""
        self._component = component
        self._process = process
        self._reason = ""
        self.ended = asyncio.create_task(process.wait())
        self.identity = Process(pid=process.pid, birth=birth(process.pid) or "")

    async def end(self) -> None:
        """Stop it if it still runs: its signal, its deadline, then the kill of its group."""
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self._component.stop_signal)
            await asyncio.wait((self.ended,), timeout=self._component.stop_s)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # also what it may have left in its group
        await self.ended

    def strike(self, reason: str) -> None:
        """Kill it and its group because of *reason*: frozen or not, and nothing is lost by it."""
        self._reason = reason
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # Invariant 8

    def manner(self) -> str:
        """Say how it ended."""
        if self._reason:
            return f"it was killed: {self._reason}"
        code = self.ended.result()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def spawn(component: Component, log: Path) -> Child:
    """Start *component*, its output appended to *log* (mode 0600)."""
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
        process = await asyncio.create_subprocess_exec(
            *component.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=component.directory,
            env={**os.environ, **component.environment},
            start_new_session=True,
        )
    return Child(component, process)
