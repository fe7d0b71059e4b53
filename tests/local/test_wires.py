"""The proxy that breaks wires: it breaks the one it is told to, and notes that it was felt."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stack import ROOT
from support.waiting import until
from support.wires import BEFORE, BEHIND, CUT, DEAF, MUTE, SERVERS, SILENT, Rules

from infra.local.home import Home


def echo(listener: socket.socket) -> None:
    """Answer each connection with what it sends, until the listener closes."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=repeat, args=(connection,), daemon=True).start()


def repeat(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(1000):
            connection.sendall(data)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose servers are echoes, with this process as the component `streams`."""
    made = Home(tmp_path)
    for place in (made.run, tmp_path / "wires"):
        place.mkdir()
    made.state_file.write_text(json.dumps({"components": {"streams": {"pid": os.getpid()}}}))
    with contextlib.ExitStack() as opened:
        for server in SERVERS:
            listener = opened.enter_context(socket.create_server((BEHIND, made.ports.of(server))))
            opened.callback(listener.shutdown, socket.SHUT_RDWR)  # else accept keeps its port
            threading.Thread(target=echo, args=(listener,), daemon=True).start()
        proxy = subprocess.Popen(
            [sys.executable, "-m", "support.wires", str(tmp_path)],
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
        )
        try:
            until((made.run / "wires.ready").exists)
            yield made
        finally:
            proxy.kill()
            proxy.wait()


@pytest.fixture(params=["", "::ffff:"], ids=["as Python", "as Java"])
def client(home: Home, request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    with socket.create_connection((request.param + BEFORE, home.ports.kafka)) as opened:
        opened.settimeout(5)
        yield opened


def said(client: socket.socket, word: bytes) -> bytes | None:
    """What the echo answers; None = nothing in time, b"" = closed."""
    try:
        client.sendall(word)
        return client.recv(100)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def test_a_whole_wire_carries_both_ways(client: socket.socket) -> None:
    assert said(client, b"one") == b"one"


@pytest.mark.parametrize("how", [DEAF, MUTE, SILENT])
def test_a_broken_wire_holds_back_and_a_mended_one_delivers(
    home: Home, client: socket.socket, how: str
) -> None:
    assert said(client, b"one") == b"one"
    client.settimeout(0.3)
    with Rules(home.root).broken("streams", "kafka", how) as struck:
        assert said(client, b"two") is None
        until(struck.exists)
    client.settimeout(5)
    assert client.recv(100) == b"two"


def test_a_cut_wire_closes_and_refuses(home: Home, client: socket.socket) -> None:
    assert said(client, b"one") == b"one"
    with Rules(home.root).broken("streams", "kafka", CUT) as struck:
        until(lambda: said(client, b"two") == b"")
        assert struck.exists()
        with socket.create_connection((BEFORE, home.ports.kafka)) as other:
            other.settimeout(5)
            assert said(other, b"three") == b""
    with socket.create_connection((BEFORE, home.ports.kafka)) as other:
        assert said(other, b"four") == b"four"


def test_the_wire_of_another_component_stays_whole(home: Home, client: socket.socket) -> None:
    with Rules(home.root).broken("connect", "kafka", SILENT) as struck:
        assert said(client, b"one") == b"one"
    assert not struck.exists()
