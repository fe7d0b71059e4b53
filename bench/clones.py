"""Contracts for the benchmarks: copies of one of ours under other names, with other partitions."""

import re
from pathlib import Path

from schemas.catalogue import CONTRACTS, read_catalogue
from schemas.contract import Dataset

ORIGINAL = "tp_luat_su_cong_chung"
"""16 canonical columns (and 12 of ours), like the measurements of FACTS.md 7."""


def write_clone(directory: Path, name: str, partitions: int) -> Dataset:
    """Write the contract *name* into *directory*: the original's fields, a table of its own."""
    (path,) = CONTRACTS.rglob(f"{ORIGINAL}.odcs.yaml")
    text = path.read_text(encoding="utf-8").replace(ORIGINAL, name)
    text, tables = re.subn(
        r'physicalName: "?bo_tro\.hanh_nghe"?', f"physicalName: bo_tro.{name}", text
    )
    text, counts = re.subn(
        r"\{property: partitions, value: \d+\}",
        f"{{property: partitions, value: {partitions}}}",
        text,
    )
    assert (tables, counts) == (1, 1)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.odcs.yaml").write_text(text, encoding="utf-8")
    return read_catalogue(directory)[name]
