"""The whole local stack as components, with the commands of this machine."""

from infra.local import connect, kafka, mariadb, postgres, redis, registry, workers
from infra.local.component import Component
from infra.local.home import SOURCES, Home


def full_plan(home: Home) -> list[Component]:
    """Return every component of the stack at *home*.

    Raises:
        Fatal: a program of the stack is not on this machine, or the Java artefacts are missing.
    """
    tp, nnmt = SOURCES
    return [
        postgres.province(home),
        postgres.department(home, tp),
        mariadb.department(home, nnmt),
        redis.cache(home),
        kafka.broker(home),
        connect.worker(home),
        registry.registry(home),
        *(workers.task(home, name) for name in workers.TASKS),
        *(workers.worker(home, name) for name in workers.WORKERS),
    ]
