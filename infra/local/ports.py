"""The ports of one stack: found free once, when its home is made, and kept."""

import json
import os
import random
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Usage
from infra.local.departments import DEPARTMENTS
from infra.local.files import write_whole

LOOPBACK = "127.0.0.1"
_LOWEST, _HIGHEST = 20_000, 32_000
"""Below the range from which Linux takes the ports of outgoing connections."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """One TCP port on loopback for each thing that listens."""

    departments: Mapping[str, int]
    province: int
    kafka: int
    controller: int
    connect: int
    registry: int
    registry_management: int
    redis: int
    portal: int
    console: int
    metrics: int
    kafka_metrics: int
    connect_metrics: int

    def of(self, name: str) -> int:
        """Return the port of the PostgreSQL or MariaDB server *name*: the province, a department.

        Raises:
            KeyError: there is no such server.
        """
        return self.whole()[name]

    def whole(self) -> dict[str, int]:
        """Return every port by its name."""
        own = {name: getattr(self, name) for name in _OWN}
        return own | dict(self.departments)


_OWN = tuple(name for name in Ports.__slots__ if name != "departments")
NAMES = (*_OWN, *DEPARTMENTS)
"""What has a port: our own parts, then the departments' servers."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def read_ports(path: Path, environ: Mapping[str, str] = os.environ) -> Ports:
    """Read the ports kept at *path*; choose and keep those that are missing.

    A missing one is SUOI_PORT_<NAME> where that is set, else one that is free.

    Raises:
        Usage: the file or a variable does not hold port numbers, or one is there twice.
    """
    kept, given = _kept(path), given_ports(environ)
    free = _free({*kept.values(), *given.values()})
    chosen = {name: given.get(name) or next(free) for name in NAMES if name not in kept}
    ports = _ports(kept | chosen)
    _refuse_shared(ports, path)
    if chosen:
        write_whole(path, json.dumps(ports.whole(), indent=2) + "\n")
    return ports


def _ports(found: Mapping[str, int]) -> Ports:
    own = {name: found[name] for name in _OWN}
    return Ports(**own, departments={name: found[name] for name in DEPARTMENTS})


def _kept(path: Path) -> dict[str, int]:
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(_is_port(port) for port in found.values()):
        message = (
            f"{path} does not hold port numbers by name; "
            "correct it, or remove it and new ones are chosen."
        )
        raise Usage(message)
    return found


def given_ports(environ: Mapping[str, str] = os.environ) -> dict[str, int]:
    """Read the ports that the environment gives, by name.

    Raises:
        Usage: a variable does not hold a port number.
    """
    variables = {name: f"SUOI_PORT_{name.upper()}" for name in NAMES}
    return {
        name: _given(variable, environ[variable])
        for name, variable in variables.items()
        if variable in environ
    }


def _given(variable: str, text: str) -> int:
    if not text.isdecimal() or not _is_port(int(text)):
        message = f"{variable} must be a port number, not {text!r}; correct it in the environment."
        raise Usage(message)
    return int(text)


def _is_port(value: object) -> bool:
    return type(value) is int and 0 < value < 2**16


def _refuse_shared(ports: Ports, path: Path) -> None:
    """Two servers on one port: the second would never start, and nobody would know why."""
    owner: dict[int, str] = {}
    for name, port in ports.whole().items():
        if port in owner:
            message = (
                f"{name} and {owner[port]} have the same port {port}; "
                f"correct {path} or the variables SUOI_PORT_*."
            )
            raise Usage(message)
        owner[port] = name


def _free(taken: set[int]) -> Iterator[int]:
    while True:
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311  two stacks made at once must not choose alike
        if port not in taken and is_free(port):
            taken.add(port)
            yield port
