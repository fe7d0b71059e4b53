"""Invented contracts of a few fields: what a test does not say is harmless."""

from typing import Any

from schemas.contract import Dataset, Field, Options

EVERY_TEXT_RULE = ("text.too_long", "number.format", "number.not_finite")


def a_field(kind: str, **facts: Any) -> Field:  # noqa: ANN401
    """A field of *kind* named f, from column f, textual and optional unless *facts* say else."""
    known = {
        "name": "f",
        "title": "Trường thử",
        "type": "string",
        "requirement": "O",
        "columns": ("f",),
        "source_type": "varchar(100)",
        "rules": EVERY_TEXT_RULE,
        "options": Options(),
    }
    return Field(kind=kind, **(known | facts))


def a_dataset(*fields: Field, **facts: Any) -> Dataset:  # noqa: ANN401
    """A dataset of *fields*, keyed by column id."""
    known = {
        "id": "thu",
        "title": "Thử",
        "version": "1.0.0",
        "revision": 1,
        "owner_unit": "so_thu",
        "source": "so_thu",
        "source_kind": "cdc_postgres",
        "table": "thu.thu",
        "source_key": ("id",),
        "business_key": (),
    }
    return Dataset(fields=fields, **(known | facts))
