"""Odd values of every shape: what a source may send when nobody looks."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[2] / "data" / "odd_values.json"
_SAID: dict[str, list[Any]] = json.loads(_FILE.read_text("utf-8"))

SEASONING: list[str] = _SAID.pop("seasoning")
"""Bits that are put into a good text to see what becomes of it."""

_LONG = ["x" * 256, "ă" * 256, "y" * 2001, "9" * 400, "9" * 5000]
_BEYOND_JSON = [float("nan"), float("inf"), float("-inf"), 10**5000, -(10**400)]

ODD: list[Any] = [*(value for group in _SAID.values() for value in group), *_LONG, *_BEYOND_JSON]
"""All of them: words for nothing, texts, numbers, dates, codes, places, identifiers, shapes."""
