"""The supervisor's manners, with small stand-ins for the servers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.waiting import until

from infra.errors import Fatal
from infra.local.health import component_status
from infra.local.home import Home
from infra.local.ports import LOOPBACK
from infra.local.requests import Request, ask_restart
from infra.local.stack import Stack
from infra.local.state import Process, birth, is_frozen

TESTS = Path(__file__).parents[1]
PLAN = "support.standins:plan"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setenv("SUOI_JAVA_DIR", str(tmp_path))
    stack = Stack(Home(tmp_path / "home"), PLAN)
    yield stack
    stack.stop()


def journal(stack: Stack) -> list[str]:
    return (stack.home.root / "journal").read_text().splitlines()


def pids(stack: Stack) -> set[int]:
    return {stack.pid(name) for name in ("base", "leaf")}


def is_gone(pid: int) -> bool:
    return birth(pid) is None


def test_components_start_after_what_they_need_and_stop_before_it(stack: Stack) -> None:
    stack.start()
    stack.stop()
    wanted = ["start base", "run task", "start leaf", "stop leaf", "stop base"]
    assert journal(stack) == wanted
    assert stack.state().phase == "stopped"


def test_a_second_start_changes_nothing(stack: Stack) -> None:
    stack.start()
    before = pids(stack)
    Stack(stack.home, PLAN).start()
    assert pids(stack) == before


def test_a_second_stop_changes_nothing(stack: Stack) -> None:
    stack.start()
    assert stack.stop()
    assert not stack.stop()


def test_a_killed_component_is_started_again(stack: Stack) -> None:
    stack.start()
    struck = stack.kill("leaf")

    def is_back() -> bool:
        standing = stack.state().components["leaf"]
        return standing.state == "ready" and standing.pid != struck

    until(is_back)
    assert is_gone(struck)
    assert stack.state().components["leaf"].restarts == 1  # Invariant 8
    assert component_status(stack.home)["healthy"]


def test_what_a_killed_supervisor_leaves_is_ended_and_started_anew(stack: Stack) -> None:
    stack.start()
    before = pids(stack)
    struck = stack.kill("supervisor")
    until(lambda: not stack.state().runs())
    assert not any(is_gone(pid) for pid in before), f"{struck} took its children along"
    Stack(stack.home, PLAN).start()
    assert all(is_gone(pid) for pid in before)
    assert not pids(stack) & before


def test_a_stack_killed_whole_comes_up_again(stack: Stack) -> None:
    stack.start()
    before = pids(stack) | {stack.pid("supervisor")}
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(is_gone(pid) for pid in before))
    Stack(stack.home, PLAN).start()
    assert not pids(stack) & before


def test_a_component_that_does_not_start_is_named_with_its_words_and_nothing_stays(
    stack: Stack,
) -> None:
    stack.home.make()
    (stack.home.root / "leaf.refuses").touch()
    with pytest.raises(Fatal, match=r"leaf did not start[\s\S]*found its settings wrong"):
        stack.start()
    assert not stack.state().runs()
    assert journal(stack)[-1] == "stop base"


def test_a_component_deaf_to_its_signal_is_killed_after_its_deadline(stack: Stack) -> None:
    stack.home.make()
    (stack.home.root / "leaf.deaf").touch()
    stack.start()
    deaf = stack.pid("leaf")
    assert stack.stop()
    assert is_gone(deaf)


def test_a_port_of_another_program_is_named_and_nothing_starts(stack: Stack) -> None:
    stack.home.make()
    port = stack.home.ports.console
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(Fatal, match=f"port {port} of base is taken"),
    ):
        stack.start()
    assert not (stack.home.root / "journal").exists()


def test_two_supervisors_never_share_a_home(stack: Stack) -> None:
    stack.start()
    command = [sys.executable, "-m", "infra.local", str(stack.home.root), PLAN]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "runs already" in second.stderr
    assert stack.is_ready()


def frozen(stack: Stack) -> Request:
    """Freeze the leaf, and make the request to restart it."""
    pid = stack.kill("leaf", signal.SIGSTOP)
    until(lambda: is_frozen(pid))
    assert "frozen" in component_status(stack.home)["problems"][0]["what"]
    return Request(
        component="leaf", process=Process(pid=pid, birth=birth(pid) or ""), reason="it stands"
    )


def test_a_frozen_component_is_killed_and_started_again_when_asked(stack: Stack) -> None:
    stack.start()
    asked = frozen(stack)
    ask_restart(stack.home, asked)

    def is_back() -> bool:
        standing = stack.state().components["leaf"]
        return standing.state == "ready" and standing.pid != asked.process.pid

    until(is_back, 10)  # sooner than its 1 s to stop and the kill after it would need: no signal it
    assert is_gone(asked.process.pid)  # could answer is sent to what is frozen
    assert component_status(stack.home)["healthy"]


def test_a_request_about_a_process_that_is_no_more_is_passed_over(stack: Stack) -> None:
    stack.start()
    before = pids(stack)
    stale = Process(pid=stack.pid("leaf"), birth="another boot:1")
    ask_restart(stack.home, Request(component="leaf", process=stale, reason="long ago"))
    ask_restart(stack.home, Request(component="nobody", process=stale, reason="a name"))
    until(lambda: not list((stack.home.run / "restarts").iterdir()))
    assert pids(stack) == before
