"""The clock that tests give to one component: another date, and waits as long as ever."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.clocks import clocked, set_clock

from infra.local.component import Component
from infra.local.home import Home

LOOKED = """
import json, sys, threading, time
from datetime import UTC, datetime
from confluent_kafka import Consumer

def lasted(wait):
    begun = time.monotonic()
    wait(0.2)
    return time.monotonic() - begun

kafka = Consumer({"bootstrap.servers": "127.0.0.1:1", "group.id": "none", "log_level": 0})
for _ in sys.stdin:
    time.sleep(0.6)
    waits = (time.sleep, threading.Event().wait, kafka.poll)
    told = {"now": datetime.now(UTC).isoformat(), "waits": [lasted(one) for one in waits]}
    print(json.dumps(told), flush=True)
"""


@pytest.mark.parametrize("days", [1, -1, 400])
def test_a_clock_is_followed_and_waits_stay_as_they_are(tmp_path: Path, days: int) -> None:
    off = timedelta(days=days)
    component = Component(name="streams", command=(sys.executable, "-c", LOOKED))
    set_clock(tmp_path, "streams", off)
    under = clocked(Home(tmp_path), component)
    pipe = subprocess.PIPE
    environment = os.environ | dict(under.environment)
    with subprocess.Popen(under.command, env=environment, stdin=pipe, stdout=pipe) as process:
        assert is_off(looked(process), off)
        set_clock(tmp_path, "streams", -off)  # while it runs
        assert is_off(looked(process), -off)
        set_clock(tmp_path, "streams", timedelta(0))
        assert is_off(looked(process), timedelta(0))
        process.kill()


def looked(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    """What time it is for *process*, once its waits have shown to be as long as they should."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"\n")
    process.stdin.flush()
    told: dict[str, Any] = json.loads(process.stdout.readline())
    assert all(0.15 < seconds < 5 for seconds in told["waits"]), told
    return told


def is_off(told: dict[str, Any], off: timedelta) -> bool:
    found = datetime.fromisoformat(told["now"]) - datetime.now(UTC)
    return abs(found - off) < timedelta(minutes=1)
