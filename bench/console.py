"""What the console costs with 329 datasets: home's p95, and 50 browsers that follow it.

`python -m bench.console [--seconds S] [--json]`. The console runs in a process of its own, fed by a
script that changes every dataset once a second; its CPU is read from /proc. No stack is started.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.console import Console, a_sick_snapshot, counted, facts, make_services

from bench.processes import cpu_s
from suoi.console.gate import cookie_name
from suoi.console.roles import Role

DATASETS, BROWSERS, ASKED = 329, 50, 200
HOME_MS, SHARE = 300.0, 0.10
"""What the issue allows: home's p95, and the share of a core for BROWSERS that follow."""


def serve(told: Connection, place: str) -> None:
    """Run the console; tell the parent its port and the cookie of a reader."""
    kinds = list(facts().values())
    many = {
        f"{one.id}_{at}": replace(one, id=f"{one.id}_{at}")
        for at, one in ((at, kinds[at % len(kinds)]) for at in range(DATASETS))
    }
    console = Console(make_services(Path(place), a_sick_snapshot(many)))
    person = console.person(Role.VIEWER)
    server = uvicorn.Server(uvicorn.Config(console.app, port=0, log_config=None, access_log=False))
    threading.Thread(target=_change, args=(console,), daemon=True).start()
    threading.Thread(target=_tell, args=(server, told, console, person), daemon=True).start()
    server.run()


def _tell(server: uvicorn.Server, told: Connection, console: Console, person: object) -> None:
    while not server.started:
        time.sleep(0.01)
    name = cookie_name(console.services)
    token = person.browser.cookies[name]  # type: ignore[attr-defined]  a Person
    told.send((server.servers[0].sockets[0].getsockname()[1], name, token))


def _change(console: Console) -> None:
    """Let every figure change once a second, as a busy province does."""
    for captured in range(1000, 1_000_000, 37):
        now = datetime.now(UTC)
        names = console.services.sampler.snapshot.datasets
        console.services.sampler.put(
            counts={name: counted(captured + at) for at, name in enumerate(names)},
            through=dict.fromkeys(list(names)[5:], now - timedelta(seconds=2)),
        )
        time.sleep(1)


def home_ms(client: httpx.Client) -> list[float]:
    """Ask for home again and again; the time of each answer."""
    found = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = client.get("/")
        found.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200  # noqa: PLR2004  its own name
    return sorted(found)


async def follow(url: str, cookies: dict[str, str], seconds: float, path: str) -> list[int]:
    """Let BROWSERS follow *path* for *seconds*; how many fragments each was given."""
    limits = httpx.Limits(max_connections=BROWSERS + 5)
    async with httpx.AsyncClient(
        base_url=url, cookies=cookies, timeout=httpx.Timeout(30, read=None), limits=limits
    ) as client:
        tasks = [asyncio.create_task(_events(client, path, seconds)) for _ in range(BROWSERS)]
        return list(await asyncio.gather(*tasks))


async def _events(client: httpx.AsyncClient, path: str, seconds: float) -> int:
    found = 0
    try:
        async with asyncio.timeout(seconds), client.stream("GET", path) as answer:
            async for chunk in answer.aiter_raw():
                found += chunk.count(b"event: live")
    except TimeoutError:
        pass
    return found


def measure(seconds: float) -> dict[str, object]:
    """Measure all of it once."""
    mine, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as place:
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, place))
        process.start()
        try:
            return _measured(process.pid or 0, mine.recv(), seconds)
        finally:
            process.kill()
            process.join()


def _measured(pid: int, told: tuple[int, str, str], seconds: float) -> dict[str, object]:
    port, name, token = told
    url, cookies = f"http://127.0.0.1:{port}", {name: token}
    with httpx.Client(base_url=url, cookies=cookies, timeout=30) as client:
        home_ms(client)
        home = home_ms(client)
        size = len(client.get("/").content)
    time.sleep(2)
    idle, begun = cpu_s(pid), time.monotonic()
    time.sleep(seconds / 2)
    alone = (cpu_s(pid) - idle) / (time.monotonic() - begun)
    before, begun = cpu_s(pid), time.monotonic()
    events = asyncio.run(follow(url, cookies, seconds, "/live/"))
    followed = (cpu_s(pid) - before) / (time.monotonic() - begun)
    return {
        "datasets": DATASETS,
        "home_ms": {
            "median": round(statistics.median(home), 1),
            "p95": round(home[int(len(home) * 0.95)], 1),
            "bytes": size,
        },
        "browsers": BROWSERS,
        "fragments_per_browser": [min(events), max(events)],
        "core_share": {"nobody": round(alone, 4), "followed": round(followed, 4)},
        "wanted": {"home_p95_ms": HOME_MS, "core_share": SHARE},
    }


def main(words: list[str]) -> int:
    """Print the figures; 1 where one is not met."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=20.0)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args(words)
    found = measure(given.seconds)
    print(json.dumps(found, indent=None if given.json else 1))
    home, share = found["home_ms"], found["core_share"]
    assert isinstance(home, dict)
    assert isinstance(share, dict)
    return int(home["p95"] > HOME_MS or share["followed"] > SHARE)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
