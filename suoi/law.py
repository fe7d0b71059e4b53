"""The contracts as the commands ask for them: the catalogue in force, one dataset, its judge."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources import read_sources
from infra.errors import Fatal, Usage
from infra.settings import read_settings
from schemas.catalogue import Catalogue, read_catalogue
from schemas.codes import read_codes
from schemas.contract import Dataset
from suoi.nearest import unknown

if TYPE_CHECKING:  # only few answers need the workshop
    from streams.compiler import Validator


def read_law(directory: Path | None = None) -> Catalogue:
    """Read the contracts below *directory*; without one, SUOI_CONTRACTS or our own.

    Raises:
        Usage: there is no contract at all: a wrong directory, not a province without datasets.
    """
    chosen = directory or read_settings(os.environ).contracts
    if chosen is not None and not chosen.is_dir():
        message = f"there is no directory {chosen}; name one that holds *.odcs.yaml files."
        raise Usage(message)
    catalogue = read_catalogue(chosen)
    if not catalogue.heads and not catalogue.problems:
        message = f"there is no contract below {chosen}; name a directory of *.odcs.yaml files."
        raise Usage(message)
    return catalogue


def read_captured() -> Catalogue:
    """Read the contracts in force whose department has a file in connectors/sources: the stack's.

    Raises:
        Usage: there is no contract at all.
    """
    return connected(read_law())


def connected(catalogue: Catalogue) -> Catalogue:
    """Return what of *catalogue* comes from the departments in connectors/sources."""
    return catalogue.captured(read_sources())


def unconnected(catalogue: Catalogue) -> dict[str, str]:
    """Say of each captured dataset whose department is not known why nothing comes of it."""
    known = read_sources()
    return {
        item.id: f"{item.id}: its source {item.source} is not known; add"
        f" connectors/sources/{item.source}.toml, or name one of {', '.join(known)} in the contract"
        for item in catalogue.values()
        if item.captured and item.source not in known
    }


def chosen_dataset(catalogue: Catalogue, name: str) -> Dataset:
    """Return the dataset *name*.

    Raises:
        Usage: there is none of that name, or its contract cannot be read.
    """
    if name in catalogue:
        return catalogue[name]
    broken = "".join(f"\n{error}" for error in catalogue.problems.values())
    raise Usage(unknown("dataset", name, catalogue) + broken)


def compiled(dataset: Dataset) -> "Validator":
    """Make the judge of *dataset*.

    Raises:
        Fatal: its contract can be read, but no judge can be made of it.
    """
    from streams.compiler import compile_dataset  # noqa: PLC0415  few answers need the workshop

    codes = read_codes(read_settings(os.environ).cccd_places)
    try:
        return compile_dataset(dataset, codes)
    except LookupError as error:
        message = f"no judge can be made of the contract of {dataset.id}: {error.args[0]}."
        raise Fatal(message) from error
