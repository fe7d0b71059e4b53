"""Styles and scripts, our own and vendored ones: known by the manifest, nothing else is served."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static"
_OWN = ("console.css", "console.js", "plots.js", "icon.svg")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def vendored() -> Mapping[str, Mapping[str, Any]]:
    """Return what we took over from others: file -> name, version, licence, sha256, source."""
    found = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    return {one["file"]: one for one in found["asset"]}


@cache
def read_asset(name: str) -> tuple[bytes, str] | None:
    """Return the bytes of the asset *name* and its media type; None where there is none."""
    if name not in {*_OWN, *vendored()}:
        return None
    path = FOLDER / name
    return path.read_bytes(), _TYPES[path.suffix]


@cache
def address(name: str) -> str:
    """Return where browsers find the asset *name*: another content has another address.

    Raises:
        KeyError: there is none of that name.
    """
    found = read_asset(name)
    if found is None:
        raise KeyError(name)
    return f"/static/{name}?v={hashlib.sha256(found[0]).hexdigest()[:12]}"
