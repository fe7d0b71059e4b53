"""Clean records' bytes -> cells: by compiled code along the writer's schema, else by fastavro.

The compiled code is only ever quicker: what it does not know or cannot read is read again by
fastavro, which has the last word (`row_code`).
"""

from typing import Any

import structlog

from consumers.avro_row import RowReader
from consumers.decoding import Decoder
from consumers.row_code import Cells, compile_reader
from consumers.table import Table
from schemas.contract import Dataset
from schemas.records import OrderKey
from schemas.system import ORDER_KEY

_HEAD = 5
"""Bytes of the magic and the schema id: the same head is the same schema."""

log = structlog.get_logger()


class CellReader:
    """Reads live clean records of one dataset into cells."""

    def __init__(self, dataset: Dataset, table: Table, decoder: Decoder) -> None:
        """Take the dataset's *table*; *decoder* knows the schemas and is the fallback."""
        self._dataset = dataset
        self._table = table
        self._decoder = decoder
        self._known: dict[bytes, RowReader | None] = {}

    def read(self, value: bytes, at: bytes) -> Cells:
        """Read one record; *at* is the field of its column `_at`.

        Raises:
            Malformed: it is not one whole record; KeyError: a system column is missing.
            Transient: the registry does not give its schema.
        """
        reader = self._known.get(value[:_HEAD])
        if reader is not None:
            try:  # `suppress` would cost a third of what is tried
                return reader.read(value, at)
            except (TypeError, ValueError):
                pass  # fastavro says what is wrong with it, if anything is
        return self._read_slowly(value, at)

    def glance(self, value: bytes) -> Cells:
        """Read what a sink must know of one record, without its row; the errors are as of `read`.

        What the row holds is not looked at, so `read` may still refuse it.
        """
        reader = self._known.get(value[:_HEAD])
        if reader is not None:
            try:
                return reader.glance(value)
            except (TypeError, ValueError):
                pass
        return self._read_slowly(value, b"")._replace(fields=())

    def _read_slowly(self, value: bytes, at: bytes) -> Cells:
        fields = self._decoder.decode(value)
        if value[:_HEAD] not in self._known:
            self._known[value[:_HEAD]] = self._compile(value)
        order = OrderKey(*(fields[name] for name in ORDER_KEY))
        scope: Any = fields.get(self._dataset.scope_field or "")
        row = self._table.row(fields, at)
        return Cells(fields["_key"], order, fields["_source_ts"], scope, row)

    def _compile(self, value: bytes) -> RowReader | None:
        schema = self._decoder.writer_schema(value)
        try:
            return compile_reader(schema, self._table.kinds, self._dataset.scope_field)
        except LookupError as unknown:
            log.warning("reader.not_compiled", dataset=self._dataset.id, reason=str(unknown))
            return None
