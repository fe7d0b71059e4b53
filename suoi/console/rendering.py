"""Dicts become HTML here: templates with autoescape, and the words, and nothing that decides."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from suoi.console.assets import address
from suoi.console.ink import Ink
from suoi.console.words import LANGUAGES, Words

LIVE = "live"
"""The block of a template that follows the snapshot."""
_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": address, "languages": LANGUAGES}
    return made


def render(template: str, words: Words, context: Mapping[str, Any]) -> str:
    """Render a whole page."""
    return _environment().get_template(template).render(_full(words, context))


def render_block(template: str, block: str, words: Words, context: Mapping[str, Any]) -> str:
    """Render one block of a page, as an open browser takes it in."""
    found = _environment().get_template(template)
    return "".join(found.blocks[block](found.new_context(_full(words, context))))


def _full(words: Words, context: Mapping[str, Any]) -> dict[str, Any]:
    ink = Ink(words)
    written = {"moment": ink.moment, "number": ink.number, "seconds": ink.seconds}
    return {"t": words, "language": words.language, **written, **context}
