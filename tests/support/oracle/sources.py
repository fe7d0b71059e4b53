"""What a source column is, and so what may come from it (fields.csv, source_type)."""

from schemas.contract import Field

TEXTUAL = ("text", "xlsx number", "xlsx date")
"""Sources whose text is judged as text; a typed column gives none (docs/decisions)."""


def source_of(field: Field) -> str:
    """The sort of the field's column."""
    if field.options.compose is not None:
        return "text"  # its parts are put together first
    return _sort(field.source_type)


def sorts_of_parts(field: Field) -> list[str]:
    """The sort of each column of a composed field."""
    return [_sort(part) for part in field.source_type.split("+")]


def _sort(source_type: str) -> str:
    said = source_type.lower()
    for start, sort in _SORTS:
        if said.startswith(start):
            return sort
    return "text"


_SORTS = (
    ("smallint", "integer"),
    ("integer", "integer"),
    ("bigint", "integer"),
    ("tinyint", "integer"),
    ("int", "integer"),
    ("numeric", "numeric"),
    ("decimal", "numeric"),
    ("double", "double"),
    ("timestamptz", "zoned"),
    ("timestamp", "local"),
    ("datetime", "local"),
    ("date", "date"),
    ("boolean", "boolean"),
    ("json number", "json number"),
    ("json boolean", "boolean"),
    ("xlsx number", "xlsx number"),
    ("xlsx date", "xlsx date"),
)
