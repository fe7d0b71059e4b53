"""A stored row as the open record that streams would write of it, under the contract in force.

For `suoi topic fill`. The projection is streams' own. What was refused of a row since it was stored
is known by its place alone, so where a contract opens rows by a condition, such a row is closed at
that place: we may not show what we cannot judge (DESIGN.md 2). Its next good version opens it.
"""

from collections.abc import Mapping

from consumers.filling import BY_KEY, Refusal
from consumers.reemitted import MARK
from consumers.stored import StoredRow
from infra.posting import Letter
from schemas.contract import Dataset
from schemas.records import Change, OrderKey, Origin
from streams.conditions import CONDITIONS
from streams.output import Opener
from streams.projection import CLOSED, Opening, Projector


class OpenRows:
    """Projects the stored rows of one dataset."""

    def __init__(self, dataset: Dataset, schema_ids: Mapping[str, int], secret: bytes) -> None:
        """*schema_ids* names the registered schema of its open topic; *secret* keys the hash."""
        self._dataset = dataset
        condition = CONDITIONS[dataset.open_when] if dataset.open_when else None
        self._projector = Projector(dataset, condition)
        self._opener = Opener(dataset, schema_ids, secret)

    def letter(self, row: StoredRow, refused: Refusal | None) -> Letter:
        """Make the open record of *row*, of which *refused* is the newest version refused since."""
        order, source_ts, opening = row.order, int(row.fields["_source_ts"]), self._opening(row)
        if refused is not None and self._dataset.open_when:
            order, source_ts = refused.order, refused.source_ts or source_ts
            opening = CLOSED  # Invariant 6
        change = self._change(row, order, source_ts)
        made = self._opener.message(change, row.fields["_raw"], opening)
        return Letter(made.topic, BY_KEY, made.key, made.value, [*made.headers, MARK])

    def _opening(self, row: StoredRow) -> Opening:
        if row.deleted:
            return self._projector.accepted(None, ())
        values = tuple(row.fields[column.name] for column in self._dataset.columns)
        return self._projector.accepted(values, row.fields["_flags"] or ())

    def _change(self, row: StoredRow, order: OrderKey, source_ts: int) -> Change:
        topic, partition, offset = row.fields["_raw"].rsplit(":", 2)
        return Change(
            dataset=self._dataset.id,
            op="d" if row.deleted else "u",
            key=row.key,
            row=None,
            before=None,
            source=row.fields["_source"],
            order=order,
            source_ts=source_ts,
            captured_ts=row.fields["_captured_ts"],
            origin=Origin(topic, int(partition), int(offset)),
        )
