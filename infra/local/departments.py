"""The sample departments of the local stack: one SQL file each, in the folder of its engine.

A file more below `samples/` is a server more: its port, its secrets, its place in the plan and in
`suoi env` follow from here. What is captured from it is said in connectors/sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

POSTGRES, MARIADB = "postgres", "mariadb"
ENGINES = (POSTGRES, MARIADB)
_SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True, kw_only=True, slots=True)
class Department:
    """One department: its name is that of its server, of its database and of its source."""

    name: str
    engine: str
    script: Path
    """Makes its tables; harmless to run again."""


def read_departments(samples: Path = _SAMPLES) -> dict[str, Department]:
    """Find the departments below *samples*, by name, PostgreSQL's first."""
    return {
        path.stem: Department(name=path.stem, engine=engine, script=path)
        for engine in ENGINES
        for path in sorted((samples / engine).glob("*.sql"))
    }


DEPARTMENTS: Mapping[str, Department] = MappingProxyType(read_departments())
"""Those of every stack, found once."""
