"""The stage: a running stack, and everything the demonstration touches in it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

from infra.errors import Fatal, Transient
from infra.local.home import Home
from suoi.demo.departments import Department, open_departments
from suoi.demo.portal import Portal
from suoi.demo.province import Province
from suoi.demo.table import Figures
from suoi.departments import CLERK

_ENDED_IN = ("applied", "superseded", "replayed", "quarantined", "filtered")


@dataclass(kw_only=True)
class Stage:
    """Connections to the departments, the province and the portal, closed together."""

    home: Path
    departments: Mapping[str, Department]
    province: Province
    eyes: Province
    """A second reader, for the watch alone."""
    portal: Portal
    count: Callable[[], Figures]
    """Returns the figures of every dataset, as `suoi status --json` has them."""
    _closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Take care that everything is closed."""
        for department in self.departments.values():
            self._closing.callback(department.close)
        for part in (self.province, self.eyes, self.portal):
            self._closing.callback(part.close)
        return self

    def __exit__(self, *_: object) -> None:
        """Close everything."""
        self._closing.close()


def open_stage(home: Path, count: Callable[[], Figures]) -> Stage:
    """Reach every part of the stack at *home*.

    Raises:
        Transient: a part does not answer.
        Fatal: the stack has not said where its parts are.
    """
    places = read_places(home)
    return Stage(
        home=home,
        departments=open_departments(as_clerk(Home(home), places["sources"])),
        province=Province(places["province"]["dsn"]),
        eyes=Province(places["province"]["dsn"]),
        portal=Portal(places["portal"]["url"]),
        count=count,
    )


def as_clerk(home: Home, sources: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return *sources* with the clerk's login in place of the administrator's.

    The demonstration may do what a department's people may, and no more.
    """
    return {
        name: {
            key: _login(value, home.secret(f"clerk_{name}")) if key in ("dsn", "url") else value
            for key, value in place.items()
        }
        for name, place in sources.items()
    }


def _login(url: str, password: str) -> str:
    parts = urlsplit(url)
    place = f"{CLERK}:{quote(password, safe='')}@{parts.hostname}:{parts.port}"
    return parts._replace(netloc=place).geturl()


def bring_up(home: Path) -> None:
    """Start the stack at *home* in the background; harmless when it runs already.

    Raises:
        Transient: it did not start; `suoi up` has said why on standard error.
    """
    words = (sys.executable, "-m", "suoi", "up", "--detach", "--home", str(home))
    invented = {"SUOI_CCCD_PLACES": "099"} | os.environ  # a test profile's place (DOMAIN.md 3)
    done = subprocess.run(words, check=False, stdout=sys.stderr, env=invented)  # noqa: S603  ours
    if done.returncode != 0:
        message = "The stack did not start; the lines above say why, `suoi doctor` says what to do."
        raise Transient(message)


def read_places(home: Path) -> dict[str, Any]:
    """Read where the parts of the stack are: the answer of `suoi env --json`.

    Raises:
        Fatal: the file is not there or not whole.
    """
    file = home / "env.json"
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError) as error:
        message = f"{file} cannot be read; start the stack with `suoi up --home {home}`."
        raise Fatal(message) from error


def in_flight(held: Mapping[str, Any]) -> int:
    """Return how many captured records of a dataset have not ended yet (invariant 2)."""
    return int(held["captured"]) - sum(int(held.get(name) or 0) for name in _ENDED_IN)


def unfinished(figures: Figures, expected: Mapping[str, int]) -> list[str]:
    """Return the datasets captured less than *expected*, or with something still on its way."""
    return [
        dataset
        for dataset, least in expected.items()
        if dataset not in figures
        or int(figures[dataset]["captured"]) < least
        or in_flight(figures[dataset]) > 0
    ]
