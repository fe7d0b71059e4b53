"""Code lists and crosswalks: the product's own copies, read from CSV when first asked for.

`codes/*.csv` say which codes exist (`code,label,label_en,valid_from,valid_to,status,note` and
extras); `crosswalks/*.csv` say what a source's own value means (`system,source_value,code,…`).
A list is named by its folder and file: "codes/gender", "crosswalks/gender".
The administrative lists derive from vietnamadminunits (MIT, codes/LICENSE-vietnamadminunits.txt).
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent

CsvRow = dict[str, str]
"""One line of a CSV file: column -> text, "" where the cell is empty."""


class CodeLists:
    """Every list under *root*; a file is read once, when it is first needed.

    *extra_cccd_places* are first digits of personal numbers that a test profile adds to the known
    places (DOMAIN.md 3: invented people carry 099); the product itself adds none.
    """

    def __init__(self, root: Path = ROOT, extra_cccd_places: tuple[str, ...] = ()) -> None:
        self.root = root
        self.extra_cccd_places = extra_cccd_places
        self._rows: dict[str, tuple[CsvRow, ...]] = {}

    def names(self) -> tuple[str, ...]:
        """Name every list there is, sorted: codes/…, then crosswalks/…."""
        files = (*self.root.glob("codes/*.csv"), *self.root.glob("crosswalks/*.csv"))
        return tuple(sorted(f"{path.parent.name}/{path.stem}" for path in files))

    def has(self, name: str) -> bool:
        """Say whether list *name* exists, without reading it."""
        return self._path(name).is_file()

    def rows(self, name: str) -> tuple[CsvRow, ...]:
        """Return the lines of list *name* ("codes/gender", "crosswalks/gender").

        Raises:
            LookupError: there is no such list.
        """
        if name not in self._rows:
            self._rows[name] = tuple(csv.DictReader(io.StringIO(self._text(name), newline="")))
        return self._rows[name]

    def labels(self, list_name: str, language: str = "vi") -> Mapping[str, str]:
        """Return code -> label of the code list *list_name* ("gender"), in *language* (vi, en)."""
        column = "label" if language == "vi" else f"label_{language}"
        rows = self.rows(f"codes/{list_name}")
        return {row["code"]: row[column] or row["label"] for row in rows}

    def fingerprint(self, names: Iterable[str]) -> str:
        """Return the SHA-256 (hex) over names and contents of the lists, whatever their order."""
        digest = hashlib.sha256()
        for name in sorted(set(names)):
            digest.update(f"{name}\n{self._text(name)}\n".encode())
        return digest.hexdigest()

    def _path(self, name: str) -> Path:
        return self.root / f"{name}.csv"

    def _text(self, name: str) -> str:
        if not self.has(name):
            message = f"There is no code list {name!r}; a list is one file, {name}.csv in schemas/."
            raise LookupError(message)
        return self._path(name).read_text("utf-8")


@lru_cache(maxsize=8)
def read_codes(extra_cccd_places: tuple[str, ...] = ()) -> CodeLists:
    """Return the product's code lists; the same ones, already read, when asked again."""
    return CodeLists(extra_cccd_places=tuple(extra_cccd_places))
