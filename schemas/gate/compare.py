"""Three views of one dataset side by side, field by field: who must act."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.central import CentralField, Template
from schemas.contract import Dataset, Field
from schemas.gate.types import same_kind, same_size

Observed = Mapping[str, str]
"""Source column -> its type as the source says it ("" = unknown); None elsewhere = not looked."""

AGREES = "agrees"
UNKNOWN = "unknown"
_HARMLESS = frozenset({AGREES, "resized"})


class Row(NamedTuple):
    """One field and what the three say of it; None = it is not there, "?" = unknown."""

    field: str
    centre: str | None
    contract: str | None
    observed: str | None
    verdict: str
    who: str = ""
    """unit, steward (of the contract), centre, operator; empty where nobody must act."""
    detail: str = ""
    """Names of columns or of what differs, for the sentences."""
    title: str = ""
    """The field's name for people; empty where only a column is meant."""

    @property
    def fits(self) -> bool:
        """Whether nothing stands in the way."""
        return self.verdict in _HARMLESS


def rows(dataset: Dataset, template: Template | None, observed: Observed | None) -> list[Row]:
    """Return a row for each field any of the three has, and for each other column that matters.

    *template* None = the centre has none for this dataset (an internal one); *observed* None = the
    source could not be looked at: unknown is an answer, and it is not "agrees".
    """
    found = [row for item in dataset.fields for row in _field_rows(item, template, observed)]
    found += _not_in_contract(dataset, template or {}, observed)
    if observed is not None:
        found += [*_companions(dataset, observed), *_others(dataset, observed)]
    return found


def _field_rows(item: Field, template: Template | None, observed: Observed | None) -> list[Row]:
    central = (template or {}).get(item.name)
    row = Row(
        field=item.name,
        centre=_said(central),
        contract=_said(item),
        observed=_seen(item.columns, observed),
        verdict=AGREES,
        title=item.title,
    )
    faults = [
        row._replace(verdict=verdict, who=who, detail=detail)
        for verdict, who, detail in (
            *_against_source(item, observed),
            *_against_centre(item, central, template),
        )
    ]
    return faults or [row]


Fault = tuple[str, str, str]
"""Verdict, who must act, detail."""


def _against_source(item: Field, observed: Observed | None) -> Iterator[Fault]:
    if observed is None:
        yield UNKNOWN, "operator", ", ".join(item.columns)
        return
    absent = [name for name in item.columns if name not in observed]
    if absent:
        verdict = "mandatory_absent" if item.requirement == "M" else "absent"
        yield verdict, "unit", ", ".join(absent)
    types = item.source_type.split("+")
    for name, wanted in zip(item.columns, types * len(item.columns), strict=False):
        if name not in observed or not observed[name]:
            continue
        if not same_kind(wanted, observed[name]):
            yield "retyped", "unit", f"{name}: {wanted} → {observed[name]}"
        elif not same_size(wanted, observed[name]):
            yield "resized", "steward", f"{name}: {wanted} → {observed[name]}"


def _against_centre(
    item: Field, central: CentralField | None, template: Template | None
) -> Iterator[Fault]:
    if template is None:
        return
    if central is None:
        yield "not_in_centre", "steward", ", ".join(item.columns)
        return
    differing = [name for name in _COMPARED if _differs(item, central, name)]
    if differing:
        yield "template_differs", "centre", ", ".join(differing)


_COMPARED = (
    "type",
    "kind",
    "requirement",
    "columns",
    "source_type",
    "code_list",
    "max_length",
    "minimum",
    "maximum",
    "precision",
    "scale",
    "pii",
    "open",
)


def _differs(item: Field, central: CentralField, name: str) -> bool:
    ours, theirs = getattr(item, name), getattr(central, name)
    if name in {"minimum", "maximum"}:
        return _number(ours) != _number(theirs)
    return bool(ours != theirs)


def _number(bound: str | None) -> float | str | None:
    """Return a bound as a number where it is one: 0 and 0.0 are the same bound."""
    try:
        return None if bound is None else float(bound)
    except ValueError:
        return bound


def _not_in_contract(dataset: Dataset, template: Template, observed: Observed | None) -> list[Row]:
    """The centre's fields that the contract lacks."""
    names = {item.name for item in dataset.fields}
    return [
        Row(
            field=name,
            centre=_said(central),
            contract=None,
            observed=_seen(central.columns, observed),
            verdict="not_in_contract",
            who="steward",
            detail=", ".join(central.columns),
            title=central.title,
        )
        for name, central in template.items()
        if name not in names
    ]


def _companions(dataset: Dataset, observed: Observed) -> Iterator[Row]:
    """Columns that are taken beside the fields: the key, a code's system, a place's name."""
    own = {name for item in dataset.fields for name in item.columns}
    for name in dataset.source_columns:
        if name in own:
            continue
        is_key = name in dataset.source_key
        row = Row(name, None, "key" if is_key else "companion", observed.get(name), AGREES)
        if name not in observed:
            verdict = "mandatory_absent" if is_key else "absent"
            row = row._replace(verdict=verdict, who="unit", detail=name)
        yield row


def _others(dataset: Dataset, observed: Observed) -> Iterator[Row]:
    """Columns no field takes: excluded by name, or declared by nobody."""
    known = {*dataset.source_columns, *dataset.untaken}
    for name in dataset.untaken:
        if name not in observed:
            yield Row(name, None, "untaken", None, "untaken_absent", "steward", name)
    for name, kind in observed.items():
        if name not in known:
            yield Row(name, None, None, kind or "?", "undeclared", "steward", name)


def _said(item: Field | CentralField | None) -> str | None:
    if item is None:
        return None
    return f"{'+'.join(item.columns)} {item.source_type}, {item.kind}, {item.requirement}"


def _seen(columns: tuple[str, ...], observed: Observed | None) -> str | None:
    if observed is None:
        return "?"
    found = [observed[name] or "?" for name in columns if name in observed]
    return "+".join(found) or None
