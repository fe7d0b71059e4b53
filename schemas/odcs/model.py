"""The document as the Open Data Contract Standard's own models, with unknown words reported.

The models ignore most names they do not know, so a `requird: true` would silently mean nothing.
"""

from functools import cache
from typing import Any, cast

import pydantic
from open_data_contract_standard.model import (
    CustomProperty,
    Description,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    ServiceLevelAgreementProperty,
    Support,
    Team,
)

from schemas.odcs.review import Place, Review

_BELOW: dict[str, type[pydantic.BaseModel]] = {
    "schema": SchemaObject,
    "properties": SchemaProperty,
    "customProperties": CustomProperty,
    "slaProperties": ServiceLevelAgreementProperty,
    "team": Team,
    "support": Support,
    "description": Description,
}
_UNJUDGED = frozenset({"quality", "unique", "items"})
"""What ODCS offers and nothing here would enforce; a contract must not seem to promise it."""


def read_model(data: dict[str, Any], review: Review) -> OpenDataContractStandard:
    """Return *data* as a model; what does not fit is reported and left out."""
    _name_fields(data, review)
    _check_words(data, OpenDataContractStandard, (), review)
    try:
        return OpenDataContractStandard.model_validate(data)
    except pydantic.ValidationError as error:
        for place, words in [(_place(data, slip["loc"]), _words(slip)) for slip in error.errors()]:
            review.fault(place, words)
            _drop(data, place)
        return read_model(data, review)


def _name_fields(data: dict[str, Any], review: Review) -> None:
    """Let faults be named by field, `gioi_tinh.kind`, and by agreement, `frequency`."""
    for number, table in _mappings(data.get("schema")):
        for index, item in _mappings(table.get("properties")):
            place = ("schema", number, "properties", index)
            review.names.setdefault(place, str(item.get("name", f"field {index + 1}")))
    for index, item in _mappings(data.get("slaProperties")):
        review.names.setdefault(("slaProperties", index), str(item.get("property")))


def _mappings(held: object) -> list[tuple[int, dict[str, Any]]]:
    """Return the mappings of a list, with their places; nothing where it is no list."""
    items = enumerate(held) if isinstance(held, list) else ()
    return [(index, item) for index, item in items if isinstance(item, dict)]


def _check_words(
    data: dict[str, Any], model: type[pydantic.BaseModel], place: Place, review: Review
) -> None:
    """Report every name that *model* does not have, here and below."""
    known = _known(model)
    for word in [word for word in data if word not in known]:
        review.fault((*place, word), "ODCS 3.1 has no such word here, or it would not be judged")
        del data[word]
    for word, below in _BELOW.items():
        if word not in known or model is Team:
            continue
        held = data.get(word)
        parts = list(enumerate(held)) if isinstance(held, list) else [(None, held)]
        for index, part in parts:
            if isinstance(part, dict):
                under = (*place, word) if index is None else (*place, word, index)
                _check_words(part, below, under, review)


@cache
def _known(model: type[pydantic.BaseModel]) -> frozenset[str]:
    """Return the names that *model* has and that are judged."""
    names = {field.alias or name for name, field in model.model_fields.items()}
    return frozenset(names - _UNJUDGED)


def _place(data: Any, loc: tuple[str | int, ...]) -> Place:  # noqa: ANN401  a part of a document
    """Return the part of *loc* that is in the document; pydantic adds names of union members."""
    place: list[str | int] = []
    for part in loc:
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        place.append(part)
    return tuple(place)


def _words(slip: Any) -> str:  # noqa: ANN401  pydantic's ErrorDetails
    said = str(slip["msg"]).removeprefix("Input ")
    return f"{said}, not {slip['input']!r}" if isinstance(slip["input"], str | int) else said


def _drop(data: dict[str, Any], place: Place) -> None:
    """Take away the innermost named part at *place*, so that the rest can be read."""
    owner, name, held = data, "", cast("Any", data)
    for part in place:
        if isinstance(held, dict):
            owner, name, held = held, str(part), held.get(str(part))
        elif isinstance(held, list) and isinstance(part, int) and part < len(held):
            held = held[part]
        else:
            return  # it went with an earlier one
    owner.pop(name, None)
