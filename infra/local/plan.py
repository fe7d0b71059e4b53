"""The whole local stack as components, with the commands of this machine."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from infra.local import connect, kafka, mariadb, postgres, redis, registry, workers
from infra.local.component import Component
from infra.local.departments import DEPARTMENTS, MARIADB, POSTGRES
from infra.local.home import Home

SERVERS: Mapping[str, Callable[[Home, str], Component]] = MappingProxyType(
    {POSTGRES: postgres.department, MARIADB: mariadb.department}
)
"""Engine -> the server of a department that has it."""


def full_plan(home: Home) -> list[Component]:
    """Return every component of the stack at *home*.

    Raises:
        Fatal: a program of the stack is not on this machine, or the Java artefacts are missing.
    """
    return [
        postgres.province(home),
        *(SERVERS[item.engine](home, item.name) for item in DEPARTMENTS.values()),
        redis.cache(home),
        kafka.broker(home),
        connect.worker(home),
        registry.registry(home),
        *(workers.task(home, name) for name in workers.TASKS),
        *(workers.worker(home, name) for name in workers.WORKERS),
    ]
