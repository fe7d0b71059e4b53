"""The ports of one stack: found free once, when its home is made, and kept."""

import json
import os
import random
import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from infra.errors import Usage
from infra.local.files import write_whole

LOOPBACK = "127.0.0.1"
_LOWEST, _HIGHEST = 20_000, 32_000
"""Below the range from which Linux takes the ports of outgoing connections."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """One TCP port on loopback for each thing that listens."""

    province: int
    so_tu_phap: int
    so_nnmt: int
    kafka: int
    controller: int
    connect: int
    registry: int
    registry_management: int
    redis: int
    portal: int
    console: int
    metrics: int


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
        Usage: the file or a variable does not hold port numbers.
    """
    kept = _kept(path)
    free = _free(set(kept.values()))
    missing = [item.name for item in fields(Ports) if item.name not in kept]
    chosen = {name: _given(name, environ) or next(free) for name in missing}
    ports = Ports(**{item.name: (kept | chosen)[item.name] for item in fields(Ports)})
    if chosen:
        write_whole(path, json.dumps(asdict(ports), indent=2) + "\n")
    return ports


def _kept(path: Path) -> dict[str, int]:
    if not path.exists():
        return {}
    try:
        return {str(name): int(port) for name, port in json.loads(path.read_text()).items()}
    except (ValueError, AttributeError, TypeError) as error:
        message = (
            f"{path} does not hold port numbers by name; "
            "correct it, or remove it and new ones are chosen."
        )
        raise Usage(message) from error


def _given(name: str, environ: Mapping[str, str]) -> int | None:
    variable = f"SUOI_PORT_{name.upper()}"
    text = environ.get(variable)
    if text is None:
        return None
    if not text.isdigit() or not 0 < int(text) < 2**16:
        message = f"{variable} must be a port number, not {text!r}; correct it in the environment."
        raise Usage(message)
    return int(text)


def _free(taken: set[int]) -> Iterator[int]:
    while True:
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311  two stacks made at once must not choose alike
        if port not in taken and is_free(port):
            taken.add(port)
            yield port
