"""`suoi prepare PART`: what the supervisor does once, between one part of the stack and the next.

Each may be run again at any time: what is already as wanted stays.
"""

from collections.abc import Callable
from typing import Annotated

import typer
from confluent_kafka.admin import AdminClient

from infra.errors import Usage
from infra.kafka_admin import ensure_grants, ensure_topics, ensure_users, remove_grants
from infra.local.access import kafka_client, registry_url
from infra.local.home import Home
from infra.registry import Registry
from schemas import avro, topics
from schemas.access import PRINCIPALS, closed, grants
from suoi.law import read_captured
from suoi.options import DEFAULT_HOME, HomeOption
from suoi.province import migrate_province


def prepare(
    part: Annotated[str, typer.Argument(help="kafka, province, departments, registry, connectors")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Make one part of the stack ready; harmless to run again."""
    if part not in PARTS:
        message = f"there is no part {part!r} to prepare; choose one of {', '.join(PARTS)}."
        raise Usage(message)
    place = Home(home)
    place.refuse_absent()
    PARTS[part](place)


def _kafka(home: Home) -> None:
    """Users, topics and rights, as the broker's own administrator."""
    datasets = tuple(read_captured().values())
    admin = AdminClient({**kafka_client(home, "broker"), "log_level": 2})
    ensure_users(admin, {name: home.secret(f"kafka_{name}") for name in PRINCIPALS})
    ensure_topics(admin, topics.all_topics(datasets))
    ensure_grants(admin, grants(datasets))
    remove_grants(admin, closed(datasets))


def _province(home: Home) -> None:
    migrate_province(home)


def _departments(home: Home) -> None:
    from suoi.departments import prepare_departments  # noqa: PLC0415  loads two database drivers

    prepare_departments(home, read_captured())


def _registry(home: Home) -> None:
    registry = Registry(registry_url(home))
    for dataset in read_captured().values():
        registry.register(f"{topics.clean(dataset)}-value", avro.clean_schema(dataset))
        if dataset.open_columns:
            registry.register(f"{topics.open_(dataset)}-value", avro.open_schema(dataset))
    registry.close()


def _connectors(home: Home) -> None:
    from suoi.connector import apply_all  # noqa: PLC0415  loads two database drivers

    apply_all(home)


PARTS: dict[str, Callable[[Home], None]] = {
    "kafka": _kafka,
    "province": _province,
    "departments": _departments,
    "registry": _registry,
    "connectors": _connectors,
}
