"""Our own processes: the workers of the rooms, and the tasks that prepare what they need."""

import sys
import urllib.error
import urllib.request

from infra.errors import Transient, Usage
from infra.local.access import PROVINCE, environment
from infra.local.component import Component
from infra.local.departments import DEPARTMENTS
from infra.local.home import Home
from infra.local.ports import LOOPBACK

TASKS: dict[str, tuple[str, ...]] = {
    "kafka": ("kafka",),
    "province": (PROVINCE,),
    "departments": tuple(DEPARTMENTS),
    "registry": ("registry",),
    "connectors": ("connect", "registry", "prepare_kafka", "prepare_departments"),
}
"""`suoi prepare <name>` -> what it needs. Each may be run again at any time."""

WORKERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "watch": ("watch", ("prepare_connectors",)),
    "streams": ("streams", ("prepare_kafka", "prepare_registry")),
    "province_sink": ("province", ("prepare_kafka", "prepare_registry", "prepare_province")),
    "quarantine_sink": ("quarantine", ("prepare_kafka", "prepare_registry", "prepare_province")),
    "findings": ("findings", ("prepare_kafka", "prepare_province")),
    "obligations": ("obligations", ("prepare_kafka", "prepare_province", "prepare_connectors")),
    "portal_cache": ("portal-cache", ("prepare_kafka", "prepare_registry", "redis")),
    "portal": ("portal", ("redis",)),
    "sentinel": ("sentinel", ("prepare_connectors", "prepare_kafka", "prepare_province", "redis")),
    "metrics": ("metrics", ("prepare_connectors", "prepare_province")),
    "console": ("console", ()),
}
"""Component -> the word of `suoi run`, and what it needs."""

SHARED = ("streams", "province_sink", "quarantine_sink", "portal_cache")
"""Components that are a consumer group: each process of them takes a part of the partitions."""

DOORS = {"portal": "/", "console": "/login"}
"""Those that listen, and what they are asked to see whether they serve.

The console needs nobody: it shows what is down, from the first second on.
"""


def task(home: Home, name: str) -> Component:
    """Return the task `suoi prepare NAME`."""
    return Component(
        name=f"prepare_{name}",
        command=(sys.executable, "-m", "suoi", "prepare", name),
        once=True,
        needs=TASKS[name],
        environment=environment(home, f"prepare_{name}"),
    )


def worker(home: Home, name: str) -> Component:
    """Return the worker *name* of ours."""
    word, needs = WORKERS[name]
    ready = home.run / f"{name}.ready"

    def probe() -> None:
        if not ready.exists():  # Invariant 9: alive is not enough, it has joined its group
            message = f"{name} has not said that it is ready"
            raise Transient(message)

    return Component(
        name=name,
        command=(sys.executable, "-m", "suoi", "run", word),
        needs=needs,
        environment={**environment(home, name), "SUOI_READY_FILE": str(ready)},
        make=lambda: ready.unlink(missing_ok=True),
        probe=(lambda: _ask_door(home, name)) if name in DOORS else probe,
        port=home.ports.of(name) if name in (*DOORS, "metrics") else None,
    )


def beside(home: Home, word: str) -> dict[str, str]:
    """Return the variables of one more process of `suoi run` *word*, beside the supervisor's.

    Raises:
        Usage: it works alone.
        Fatal: there is no stack at *home*.
    """
    shared = {WORKERS[name][0]: name for name in SHARED}
    if word not in shared:
        message = f"{word} works alone; only {', '.join(shared)} share their work."
        raise Usage(message)
    home.refuse_absent()
    return environment(home, shared[word])


def _ask_door(home: Home, name: str) -> None:
    path = DOORS[name]
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{home.ports.of(name)}{path}", timeout=3):
            return
    except urllib.error.HTTPError:
        return  # an empty cache answers 503: the process serves
