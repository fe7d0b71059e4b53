"""Contract -> the data dictionary in Vietnamese, for officers: Markdown and a page to print.

`entries` says what is told, the two templates beside it how. The page has no script; every value is
escaped.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.codes import CodeLists
from schemas.contract import Dataset
from schemas.dictionary.entries import read_dictionary

_MARKED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<|"})


def as_markdown(dataset: Dataset, codes: CodeLists) -> str:
    """Return the dictionary of *dataset* as Markdown."""
    return _render("page.md", dataset, codes)


def as_html(dataset: Dataset, codes: CodeLists) -> str:
    """Return the dictionary of *dataset* as one static page."""
    return _render("page.html", dataset, codes)


def _render(template: str, dataset: Dataset, codes: CodeLists) -> str:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=template.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["plain"] = _plain
    found = read_dictionary(dataset, codes)
    return pages.get_template(template).render(book=found, dataset=found.dataset)


def _plain(text: object) -> str:
    """Return *text* so that Markdown shows it as it is, in a table too."""
    return " ".join(str(text).split()).translate(_MARKED)
