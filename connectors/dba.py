"""The DBA's script of a source, whatever its engine."""

from collections.abc import Sequence

from connectors.engines import engine_of
from connectors.sources import Source
from schemas.contract import Dataset


def script(source: Source, datasets: Sequence[Dataset], password: str | None = None) -> str:
    """Write the script that prepares *source* for capture; harmless to run again.

    *datasets* are those of this source. With *password* the script holds a hash of it and needs
    nothing more (the local stack); without, it says how the DBA gives one.
    """
    return engine_of(source).script(source, datasets, password)
