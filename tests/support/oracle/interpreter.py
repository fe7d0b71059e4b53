"""A record judged by its contract, stage by stage, as DOMAIN.md 1 orders them."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.codes import CodeLists
from schemas.contract import Dataset, Field
from schemas.reasons import REASONS
from schemas.records import Row
from support.oracle import numbers
from support.oracle.cell import Cell
from support.oracle.conditions import Expression, table
from support.oracle.context import Context
from support.oracle.fields import consider as consider_field
from support.oracle.lookups import listed
from support.oracle.rules import RULES, Record
from support.oracle.sources import sorts_of_parts

MOST = 100


class Opinion(NamedTuple):
    """What the second reader says of one row."""

    values: dict[str, Any]
    """Canonical column -> value; None where the field was refused."""
    problems: list[tuple[str, str]]
    """(code, field), in order, at most 100; warnings among them."""
    flags: set[str]
    accepted: bool


def consider(dataset: Dataset, codes: CodeLists, row: Row, source_ts: int) -> Opinion:
    """Judge *row*, committed at *source_ts* µs since the epoch."""
    reading = _Reading(dataset, codes, row, source_ts)
    reading.judge_fields()
    reading.convert_units()
    reading.judge_presence()
    return reading.opinion()


class _Reading:
    """One row on its way through the stages."""

    def __init__(self, dataset: Dataset, codes: CodeLists, row: Row, source_ts: int) -> None:
        self.dataset, self.codes, self.row = dataset, codes, row
        self.fields = {field.name: field for field in dataset.fields}
        self.cells: dict[str, Cell] = {}
        self.absent: list[str] = []
        """M fields without their column, once for each column."""
        self.context = Context(self.cell, row.get, codes, source_ts)

    def judge_fields(self) -> None:
        """Stage 3; absent columns of mandatory fields are stage 2."""
        for name in self.fields:
            self.cell(name)

    def cell(self, name: str) -> Cell:
        """The judged field *name*; judged when first asked for."""
        if name not in self.cells:
            self.cells[name] = self._judged(self.fields[name])
        return self.cells[name]

    def _judged(self, field: Field) -> Cell:
        absent = [column for column in field.columns if column not in self.row]
        if absent and field.requirement == "M":
            self.absent += [field.name] * len(absent)
            return Cell().refuse("schema.missing_field")
        cell = consider_field(field, self._raw(field), self.context)
        if field.requirement == "M" and not cell.bad:
            if cell.value == "khong_xac_dinh":
                cell.value = None
            if cell.empty:
                cell.refuse("field.missing")
        return cell

    def _raw(self, field: Field) -> Any:  # noqa: ANN401
        parts = {column: self.row.get(column) for column in field.columns}
        if field.options.compose is None:
            return parts[field.columns[0]]
        if all(part is None for part in parts.values()):
            return None
        for part, sort in zip(parts.values(), sorts_of_parts(field), strict=True):
            wanted = int if sort == "integer" else str
            if part is not None and (isinstance(part, bool) or not isinstance(part, wanted)):
                return False  # of the wrong type
        said = {name: _part(part) for name, part in parts.items()}
        return re.sub(r"{(\w+)}", lambda gap: said[gap[1]], field.options.compose)

    def convert_units(self) -> None:
        """Section 5: value and unit to the canonical unit; both originals kept."""
        for field in self.dataset.fields:
            if field.options.unit_field:
                self._convert(field, self.fields[field.options.unit_field])

    def _convert(self, field: Field, unit_field: Field) -> None:
        amount, unit = self.cell(field.name), self.cell(unit_field.name)
        amount.extra["goc"] = None if amount.value is None else numbers.canonical(amount.sent)
        unit.extra["goc"] = unit.value
        row = listed(self.codes, "unit").get(unit.value or "")
        parameter = self._parameter()
        if row is not None:
            if row["canonical_unit"] != unit.value:
                unit.flags.append("UNIT_CONVERTED")
            unit.value = row["canonical_unit"]
        if parameter is not None and (parameter["canonical_unit"] or None) != unit.value:
            return  # the wrong unit, or none
        if amount.value is None or unit.bad:
            return
        factor = Decimal(row["factor_to_canonical"] if row else 1)
        if factor != 1:
            amount.flags.append("UNIT_CONVERTED")
        exact = amount.sent * factor
        value = exact if field.scale is None else numbers.rounded(exact, field.scale)
        if value != exact:
            amount.flags.append("ROUNDED")
        amount.value = numbers.canonical(value)
        if numbers.too_wide(value, field) or _implausible(value, parameter):
            amount.refuse("number.range")

    def _parameter(self) -> dict[str, str] | None:
        """The monitored parameter of the record, if it has one."""
        named = [f for f in self.dataset.fields if f.code_list == "monitor_parameter"]
        if not named:
            return None
        code = self.cell(named[0].name).value or ""
        return listed(self.codes, "monitor_parameter").get(code, {"canonical_unit": "?"})

    def judge_presence(self) -> None:
        """Stage 4: conditional fields whose condition holds."""
        refused = {name for name, cell in self.cells.items() if cell.bad}
        values = {name: self.cells[name].value for name in self.fields}
        for field in self.dataset.fields:
            said = table().get((self.dataset.id, field.name))
            if field.requirement != "C" or said is None or field.name in refused:
                continue
            condition = Expression(said)
            if not refused & {*condition.fields} and condition.holds(values.__getitem__):
                self._demand(field)

    def _demand(self, field: Field) -> None:
        cell = self.cells[field.name]
        if cell.empty or cell.value == "khong_xac_dinh":
            group = field.options.group is not None
            cell.refuse("rule.all_or_nothing" if group else "field.missing_conditional")

    def opinion(self) -> Opinion:
        """Stages 5 and 6."""
        values = {name: cell.value for name, cell in self.cells.items()}
        refused = frozenset(name for name, cell in self.cells.items() if cell.bad)
        record = Record(values, refused, self.context.today, self.codes)
        late = [said for rule in RULES.get(self.dataset.id, ()) for said in rule(record)]
        found = [
            (code, name)
            for name, cell in self.cells.items()
            for code in (*cell.rejects, *cell.warnings)
            if code != "schema.missing_field"
        ]
        found += [("schema.missing_field", name) for name in self.absent] + late
        rejecting = bool(refused) or any(_severe(code) for code, _ in late)
        order = {field.name: place for place, field in enumerate(self.dataset.fields)}
        found.sort(key=lambda said: (order[said[1]], said[0]))
        known = {*self.dataset.source_columns, *self.dataset.untaken}
        unknown = sorted(name for name in self.row if name not in known)
        found += [("schema.unknown_field", name[:MOST]) for name in unknown]
        flags = {f"{flag}:{name}" for name, cell in self.cells.items() for flag in cell.flags}
        return Opinion(self._columns(), found[:MOST], flags, not rejecting)

    def _columns(self) -> dict[str, Any]:
        values = {}
        for column in self.dataset.columns:
            cell = self.cells[column.field]
            suffix = column.name.removeprefix(column.field).removeprefix("_")
            values[column.name] = cell.extra.get(suffix) if suffix else cell.value
        return values


def _part(part: Any) -> str:  # noqa: ANN401
    if isinstance(part, int):
        return numbers.digits(part)
    return part or ""


def _implausible(value: Decimal, parameter: dict[str, str] | None) -> bool:
    if parameter is None or "plausible_min" not in parameter:
        return False
    return not Decimal(parameter["plausible_min"]) <= value <= Decimal(parameter["plausible_max"])


def _severe(code: str) -> bool:
    return REASONS[code].severity == "reject"
