"""PostgreSQL as a source: what Connect runs, what the DBA prepares, what must hold before."""

from connectors.postgres.config import wanted
from connectors.postgres.facts import ask, read_facts
from connectors.postgres.guards import refusals
from connectors.postgres.pressure import read_pressure
from connectors.postgres.script import script
from connectors.postgres.vitals import forget, gaps, gate, read_vitals

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
