"""MariaDB as a source: what Connect runs, what the DBA prepares, what must hold before."""

from connectors.mariadb.config import wanted
from connectors.mariadb.facts import ask, read_facts
from connectors.mariadb.guards import refusals
from connectors.mariadb.pressure import read_pressure
from connectors.mariadb.script import script
from connectors.mariadb.vitals import forget, gaps, gate, read_vitals

__all__ = [
    "ask",
    "forget",
    "gaps",
    "gate",
    "read_facts",
    "read_pressure",
    "read_vitals",
    "refusals",
    "script",
    "wanted",
]
