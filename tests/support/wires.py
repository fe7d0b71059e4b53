"""Wires that can be cut: a proxy in front of Kafka, the province and a department of one stack.

Each of these servers listens on 127.0.0.2 and the proxy on 127.0.0.1, on the same port: nobody of
ours knows of it, and oracles go around it. The proxy knows by /proc which component a connection
belongs to, so a rule strikes one component's wire alone. A rule is a file `<component>-<server>` in
the home's `wires/`, holding how the wire is broken; what a rule struck is noted beside it.

`plan` is the stack's plan with wires; `python -m support.wires HOME` is the proxy. The clocks of
CLOCKED can be set too (support.clocks).
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from infra.local.component import Component
from infra.local.home import Home
from infra.local.plan import full_plan
from support.clocks import clocked

BEHIND, BEFORE = "127.0.0.2", "127.0.0.1"
SERVERS = ("kafka", "province", "so_tu_phap")
CUT, DEAF, MUTE, SILENT = "cut", "deaf", "mute", "silent"
"""Closed at once and refused; nothing reaches the server; nothing comes back; neither."""
CLOCKED_WORKERS = ("streams", "province_sink", "quarantine_sink")
CLOCKED = (*CLOCKED_WORKERS, "so_tu_phap")
"""Workers, and a department, whose clocks can be set."""
_TESTS = Path(__file__).parents[1]
_CHUNK = 2**18
_LOOK_S = 0.02


def plan(home: Home) -> list[Component]:
    """The whole stack with the proxy in front of SERVERS."""
    (home.root / "wires").mkdir(exist_ok=True)
    return [_proxy(home), *(_behind(home, one) for one in full_plan(home))]


def _proxy(home: Home) -> Component:
    ready = home.run / "wires.ready"

    def probe() -> None:
        assert ready.exists()

    return Component(
        name="wires",
        command=(sys.executable, "-m", "support.wires", str(home.root)),
        environment={"PYTHONPATH": f"{_TESTS}:{_TESTS.parent}"},
        make=lambda: ready.unlink(missing_ok=True),
        probe=probe,
    )


def _behind(home: Home, component: Component) -> Component:
    """Move a server behind the proxy; its port is the proxy's on the usual address."""
    if component.name in CLOCKED:
        component = clocked(home, component)
    if component.name not in SERVERS:
        return component

    def make() -> None:
        component.make()
        _move(home, component.name)

    return replace(component, port=None, make=make, needs=(*component.needs, "wires"))


def _move(home: Home, server: str) -> None:
    if server == "kafka":
        path = home.run / "kafka.properties"
        port, controller = home.ports.kafka, home.ports.controller
        line = f"listeners=SASL_SSL://{BEHIND}:{port},CONTROLLER://{BEFORE}:{controller}"
    else:
        path = home.server_data(server, "postgres") / "suoi.conf"
        line = f"listen_addresses = '{BEHIND}'"
    path.write_text(f"{path.read_text()}{line}\n")  # of two equal names the last one counts


class Rules:
    """The broken wires of one home, as its tests write them."""

    def __init__(self, home: Path) -> None:
        """Look in *home*."""
        self.directory = home / "wires"

    @contextlib.contextmanager
    def broken(self, component: str, server: str, how: str) -> Iterator[Path]:
        """Break one wire until the block ends; the yielded file exists once it was felt."""
        rule, struck = self._files(component, server)
        struck.unlink(missing_ok=True)
        rule.write_text(how)
        try:
            yield struck
        finally:
            rule.unlink()

    def of(self, component: str, server: str) -> str | None:
        """How the wire between the two is broken now; None = it is whole."""
        try:
            return self._files(component, server)[0].read_text() or None
        except FileNotFoundError:
            return None

    def felt(self, component: str, server: str) -> None:
        """Note that a rule held something back."""
        self._files(component, server)[1].touch()

    def _files(self, component: str, server: str) -> tuple[Path, Path]:
        name = f"{component}-{server}"
        return self.directory / name, self.directory / f"{name}.struck"


class Wire:
    """One accepted connection of one component to one server."""

    def __init__(self, rules: Rules, component: str, server: str) -> None:
        """Follow the *rules* between the two."""
        self._rules = rules
        self._ends = (component, server)

    def how(self) -> str | None:
        """How it is broken; noted as felt."""
        how = self._rules.of(*self._ends)
        if how:
            self._rules.felt(*self._ends)
        return how

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stops: tuple[str, str]
    ) -> None:
        """Carry bytes one way; what is held back comes later, as TCP would send it again."""
        while data := await reader.read(_CHUNK):
            while (how := self.how()) in stops:  # noqa: ASYNC110  a file is looked at
                await asyncio.sleep(_LOOK_S)
            if how == CUT:
                return
            writer.write(data)
            await writer.drain()

    async def watch(self) -> None:
        """Return once the wire is cut."""
        while self._rules.of(*self._ends) != CUT:  # noqa: ASYNC110  a file is looked at
            await asyncio.sleep(_LOOK_S)
        self._rules.felt(*self._ends)


class Proxy:
    """Accepts for every server of one home."""

    def __init__(self, home: Home) -> None:
        """Read the home's ports and components."""
        self._home = home
        self._rules = Rules(home.root)

    async def serve(self) -> None:
        """Accept until killed."""
        for server in SERVERS:
            port = self._home.ports.whole()[server]
            await asyncio.start_server(partial(self._accept, server, port), BEFORE, port)
        (self._home.run / "wires.ready").touch()
        await asyncio.Event().wait()

    async def _accept(
        self, server: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asking = writer.get_extra_info("peername")[1]
        component = await asyncio.to_thread(self._component, asking, port)
        wire = Wire(self._rules, component, server)
        with contextlib.closing(writer), contextlib.suppress(OSError):
            if wire.how() == CUT:
                return
            back, forth = await asyncio.open_connection(BEHIND, port)
            with contextlib.closing(forth):
                ways = (
                    wire.carry(reader, forth, (DEAF, SILENT)),
                    wire.carry(back, writer, (MUTE, SILENT)),
                    wire.watch(),
                )
                await _first(*map(asyncio.ensure_future, ways))

    def _component(self, port: int, server: int) -> str:
        """Which component a connection from *port* to *server* belongs to; `others`: to none."""
        inode = _inode(port, server)
        try:
            state = json.loads(self._home.state_file.read_text())["components"]
        except (OSError, ValueError):
            return "others"
        for name, one in state.items():
            if one["pid"] and inode in _sockets(one["pid"]):
                return str(name)
        return "others"


async def _first(*tasks: "asyncio.Future[None]") -> None:
    """Wait for the first to end, then end the rest; a broken connection is an end."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _inode(port: int, server: int) -> str:
    """Inode of the loopback socket from *port* to *server* (proc(5)); Java's are IPv6 sockets.

    One port may have several sockets, to other servers, and closed ones, which nobody has.
    """
    ends = f"0100007F:{port:04X}", f"0100007F:{server:04X}"
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            parts = line.split()
            if all(map(str.endswith, parts[1:3], ends)) and parts[9] != "0":
                return parts[9]
    return ""


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(link.readlink())
                found.add(target.removeprefix("socket:[").rstrip("]"))
    return found


if __name__ == "__main__":
    asyncio.run(Proxy(Home(Path(sys.argv[1]))).serve())
