"""`suoi run NAME`: one worker of ours in the foreground, as the supervisor starts it.

Wiring happens here: settings are read, contracts compiled, clients opened, and the room is run.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from infra.errors import Fatal, Usage
from infra.logs import start_logs
from infra.registry import Registry
from infra.settings import Settings, read_settings
from schemas import topics
from schemas.catalogue import Catalogue
from suoi.law import read_captured, read_law
from suoi.options import DEFAULT_HOME, HomeOption

Value = TypeVar("Value")


def run(
    name: Annotated[
        str,
        typer.Argument(
            help=(
                "streams, province, quarantine, findings, obligations, portal-cache, portal, "
                "console, watch, sentinel, metrics"
            )
        ),
    ],
    home: HomeOption = DEFAULT_HOME,
    beside: Annotated[
        bool,
        typer.Option("--beside", help="Join the stack at --home as one more process of its group."),
    ] = False,
) -> None:
    """Run one worker until it is told to stop (SIGTERM, Ctrl-C)."""
    if name not in WORKERS:
        message = f"there is no worker {name!r}; choose one of {', '.join(WORKERS)}."
        raise Usage(message)
    if beside:
        _join(home, name)
    settings = read_settings(os.environ)
    start_logs(name)
    WORKERS[name](settings, read_captured())


def _join(home: Path, name: str) -> None:
    from infra.local import workers  # noqa: PLC0415  what only a person at a terminal asks for
    from infra.local.home import Home  # noqa: PLC0415

    os.environ |= workers.beside(Home(home), name)


def _streams(settings: Settings, catalogue: Catalogue) -> None:
    from schemas.codes import read_codes  # noqa: PLC0415  each worker loads its own room alone
    from streams import worker  # noqa: PLC0415

    registry = Registry(_needed(settings.registry_url, "SUOI_REGISTRY_URL"))
    secret = _needed(settings.open_key_file, "SUOI_OPEN_KEY_FILE").read_bytes().strip()
    codes = read_codes(settings.cccd_places)
    worker.run(settings, catalogue, codes, schema_ids(registry, catalogue), secret)


def _province(settings: Settings, catalogue: Catalogue) -> None:
    from consumers import province  # noqa: PLC0415

    province.run(settings, catalogue)


def _quarantine(settings: Settings, catalogue: Catalogue) -> None:
    from consumers import quarantine  # noqa: PLC0415

    quarantine.run(settings, catalogue)


def _findings(settings: Settings, catalogue: Catalogue) -> None:
    from consumers.findings import finder  # noqa: PLC0415

    finder.run(settings, catalogue)


def _obligations(settings: Settings, _catalogue: Catalogue) -> None:
    from suoi.obligations import worker  # noqa: PLC0415

    worker.run(settings)


def _portal_cache(settings: Settings, catalogue: Catalogue) -> None:
    from consumers import portal_cache  # noqa: PLC0415

    portal_cache.run(settings, catalogue)


def _portal(settings: Settings, catalogue: Catalogue) -> None:
    from consumers.portal import web  # noqa: PLC0415

    web.run(settings, catalogue)


def _console(settings: Settings, _catalogue: Catalogue) -> None:
    from suoi.console import web  # noqa: PLC0415

    web.run(settings, read_law())


def _watch(settings: Settings, catalogue: Catalogue) -> None:
    from suoi import watch  # noqa: PLC0415

    watch.run(settings, catalogue)


def _sentinel(settings: Settings, catalogue: Catalogue) -> None:
    from suoi import sentinel  # noqa: PLC0415

    sentinel.run(settings, catalogue)


def _metrics(settings: Settings, catalogue: Catalogue) -> None:
    from suoi import metrics  # noqa: PLC0415

    metrics.run(settings, catalogue)


WORKERS: dict[str, Callable[[Settings, Catalogue], None]] = {
    "streams": _streams,
    "province": _province,
    "quarantine": _quarantine,
    "findings": _findings,
    "obligations": _obligations,
    "portal-cache": _portal_cache,
    "portal": _portal,
    "console": _console,
    "watch": _watch,
    "sentinel": _sentinel,
    "metrics": _metrics,
}


def schema_ids(registry: Registry, catalogue: Catalogue) -> dict[str, int]:
    """Id of the registered schema of each clean and open topic.

    Raises:
        Transient: the registry is away or not prepared yet.
    """
    names = [topics.clean(dataset) for dataset in catalogue.values()]
    names += [topics.open_(dataset) for dataset in catalogue.values() if dataset.open_columns]
    return {name: registry.schema_id(f"{name}-value") for name in names}


def _needed(value: Value | None, name: str) -> Value:
    if value is None:
        message = f"{name} is not set; workers are started by `suoi up`."
        raise Fatal(message)
    return value
