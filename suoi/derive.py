"""What follows from one contract, as text: schemas, table, documents, the judging code."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import orjson

from infra.errors import Usage
from schemas import asyncapi, avro, ddl, dictionary, jsonschema
from schemas.codes import read_codes
from schemas.contract import Dataset
from suoi.law import compiled


class Derived(StrEnum):
    """What can be shown of a contract."""

    AVRO = "avro"
    OPEN = "open"
    DDL = "ddl"
    JSONSCHEMA = "jsonschema"
    DICTIONARY = "dictionary"
    DICTIONARY_HTML = "dictionary-html"
    ASYNCAPI = "asyncapi"
    CODE = "code"


def derive(dataset: Dataset, form: Derived) -> str:
    """Return what follows from *dataset*, as text.

    Raises:
        Usage: it is not open by row, so it has no open schema.
        Fatal: no judge can be made of it.
    """
    return _FORMS[form](dataset).rstrip("\n")


def _open(dataset: Dataset) -> str:
    if not dataset.open_columns:
        message = f"{dataset.id} is not open by row: it has no open records."
        raise Usage(message)
    return _indented(avro.open_schema(dataset))


def _indented(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


_FORMS: Mapping[Derived, Callable[[Dataset], str]] = {
    Derived.AVRO: lambda dataset: _indented(avro.clean_schema(dataset)),
    Derived.OPEN: _open,
    Derived.DDL: ddl.target_table,
    Derived.JSONSCHEMA: lambda dataset: _indented(jsonschema.record_schema(dataset, read_codes())),
    Derived.DICTIONARY: lambda dataset: dictionary.as_markdown(dataset, read_codes()),
    Derived.DICTIONARY_HTML: lambda dataset: dictionary.as_html(dataset, read_codes()),
    Derived.ASYNCAPI: lambda dataset: asyncapi.document(dataset, read_codes()),
    Derived.CODE: lambda dataset: compiled(dataset).source,
}
