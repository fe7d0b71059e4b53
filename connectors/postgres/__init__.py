"""PostgreSQL as a source: what Connect runs, what the DBA prepares, what must hold before."""

from connectors.postgres.config import wanted
from connectors.postgres.facts import ask, read_facts
from connectors.postgres.guards import refusals
from connectors.postgres.script import script

__all__ = ["ask", "read_facts", "refusals", "script", "wanted"]
