"""A whole contract: checked as one, then as a Dataset."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from open_data_contract_standard.model import (
    Description,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
)

from schemas.contract import Dataset
from schemas.odcs import wants, words
from schemas.odcs.custom import read_custom
from schemas.odcs.fields import Draft, check_field, draft, read_field
from schemas.odcs.review import Place, Review

_TABLE: Place = ("schema", 0)
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DATED = frozenset({"date", "partial_date", "timestamp"})


class Reading:
    """One contract under review: its parts, its checks, and the Dataset in the end."""

    def __init__(self, model: OpenDataContractStandard, review: Review) -> None:
        """Take the parts of *model* that a Dataset is made of."""
        self.model, self.review = model, review
        self.table = (model.schema_ or [SchemaObject()])[0]
        self.top = read_custom(model.customProperties, (), words.of_contract(), review)
        self.own = read_custom(self.table.customProperties, _TABLE, words.of_table(), review)
        items: list[SchemaProperty] = self.table.properties or []
        self.drafts = [
            draft(item, (*_TABLE, "properties", index), review) for index, item in enumerate(items)
        ]
        self.sla = {item.property: item.value for item in model.slaProperties or ()}

    def check(self) -> None:
        """Report everything that is wrong."""
        for place, said in self._head_faults():
            self.review.fault(place, said)
        names = frozenset(item.item.name or "" for item in self.drafts)
        for each in self.drafts:
            check_field(each, names, self.top.get("openMode", "row"))
        self._check_names()
        self._check_references()
        self._check_columns()

    def dataset(self) -> Dataset:
        """Return the checked contract as a value."""
        return Dataset(
            id=self.model.id or "",
            title=self.model.name or "",
            version=self.model.version or "",
            owner_unit=self._owner(),
            table=self.table.physicalName or "",
            business_key=self._business_key(),
            fields=tuple(read_field(item) for item in self.drafts),
            update_frequency=str(self.sla["frequency"]),
            deadline=str(self.sla["timeOfAvailability"]),
            **self._customs(),
            **self._words(),
        )

    def _customs(self) -> dict[str, Any]:
        """Return what the custom properties say; what they leave out keeps its default."""
        own, top = self.own.values, self.top.values
        said = {
            "revision": top["revision"],
            "source": top["source"],
            "source_kind": top["sourceKind"],
            "sharing_mode": top["sharingMode"],
            "open_mode": top["openMode"],
            "open_when": top.get("openWhen"),
            "completeness_min": top["completenessMin"],
            "reject_share": top.get("rejectShare"),
            "partitions": top.get("partitions"),
            "internal": top.get("internal"),
            "sensitivity": top.get("sensitivity"),
            "title_en": top.get("titleEn"),
            "source_key": tuple(own["sourceKey"]),
            "untaken": tuple(own["untaken"]),
            "event_date": own.get("eventDate"),
            "scope_field": own.get("scopeField"),
            "record_rules": tuple(own.get("recordRules", ())),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _words(self) -> dict[str, Any]:
        """Return what the description says: for people, nothing is judged by it."""
        said = self.model.description or Description()
        return {
            "purpose": said.purpose or "",
            "legal_basis": (said.usage or "").removeprefix("Căn cứ: "),
            "limitations": said.limitations or "",
        }

    def _head_faults(self) -> Iterator[tuple[Place, str]]:
        model = self.model
        if not (model.apiVersion or "").startswith("v3.1."):
            yield ("apiVersion",), f"must be v3.1.0, not {wants.shown(model.apiVersion)}"
        if model.kind != "DataContract":
            yield ("kind",), f"must be DataContract, not {wants.shown(model.kind)}"
        if not _VERSION.fullmatch(model.version or ""):
            yield ("version",), f'must be like "1.0.0" in quotes, not {wants.shown(model.version)}'
        if len(model.schema_ or ()) != 1:
            yield ("schema",), "one contract describes one table"
        if self.table.name != model.id:
            yield (
                (*_TABLE, "name"),
                f"must be the contract's id, not {wants.shown(self.table.name)}",
            )
        if not self.drafts:
            yield (*_TABLE, "properties"), "a dataset has at least one field"
        yield from _unfit(self._head())

    def _head(self) -> Iterator[tuple[Place, wants.Want, object]]:
        model = self.model
        yield ("id",), wants.name, model.id
        yield ("name",), wants.text, model.name
        yield ("status",), wants.text, model.status
        yield ("team", "name"), words.listed("agency"), self._owner()
        yield (*_TABLE, "physicalName"), wants.text, self.table.physicalName
        frequency, deadline = (self.sla.get(key) for key in ("frequency", "timeOfAvailability"))
        yield self._sla_place("frequency"), words.listed("update_frequency"), frequency
        yield self._sla_place("timeOfAvailability"), _time, deadline

    def _sla_place(self, name: str) -> Place:
        for index, item in enumerate(self.model.slaProperties or ()):
            if item.property == name:
                return ("slaProperties", index, name)
        return ("slaProperties", name)

    def _owner(self) -> str:
        team = self.model.team
        return (None if isinstance(team, list) or team is None else team.name) or ""

    def _check_names(self) -> None:
        """No two columns of the target share a name, derived ones included."""
        counts = Counter(item.item.name for item in self.drafts)
        for each in self.drafts:
            name = each.item.name or ""
            if counts[name] > 1:
                self.review.fault(
                    (*each.place, "name"), f"the field {name!r} stands {counts[name]} times"
                )
            origin = next(
                (name.removesuffix(end) for end in ("_goc", "_he") if name.endswith(end)), ""
            )
            if origin in counts:
                said = f"the name belongs to what {origin!r} derives; choose another"
                self.review.fault((*each.place, "name"), said)

    def _check_references(self) -> None:
        """What a contract names by field must be a field, and of the right kind."""
        kinds = {item.item.name: item.custom.get("kind") for item in self.drafts}
        day, scope = self.own.get("eventDate"), self.own.get("scopeField")
        if day is not None and kinds.get(day) not in _DATED:
            self.own.fault("eventDate", f"must name a field that is a date, not {day!r}")
        if scope is not None and kinds.get(scope) != "commune":
            self.own.fault("scopeField", f"must name a field of the kind commune, not {scope!r}")
        if self.top.get("openWhen") and self.top.get("openMode") != "row":
            self.top.fault("openWhen", "only a dataset open by row has it")
        if self.top.get("internal") and self.top.get("openMode") != "none":
            self.top.fault("internal", "what serves our own books is never open: openMode is none")
        self._check_source()

    def _check_source(self) -> None:
        """A file is the source of datasets that come as files, and of no others."""
        kind, source = self.top.get("sourceKind"), self.top.get("source")
        if source is not None and kind is not None and ("." in source) != (kind == "file"):
            expected = "a file, such as truong_hoc.xlsx" if kind == "file" else "a plain id"
            self.top.fault("source", f"must name {expected} for the kind {kind}, not {source!r}")

    def _check_columns(self) -> None:
        """A column is taken or not; the key always is, or no row could be named."""
        taken = {column for item in self.drafts for column in _taken(item)}
        key = set(self.own.get("sourceKey", ()))
        both = sorted((taken | key) & set(self.own.get("untaken", ())))
        if both:
            self.own.fault("untaken", f"{', '.join(both)} is taken by a field or the key")
        if "sourceKey" in self.own.values and not key:
            self.own.fault("sourceKey", "names at least one column")

    def _business_key(self) -> tuple[str, ...]:
        keys = [item.item for item in self.drafts if item.item.primaryKey]
        return tuple(item.name or "" for item in sorted(keys, key=_key_position))


def _key_position(item: SchemaProperty) -> int:
    return item.primaryKeyPosition or 0


def _taken(item: Draft) -> Iterator[str]:
    options = item.custom.get("options", {})
    system = str(options.get("code_system", ""))
    yield from item.columns
    if system.startswith("column:"):
        yield system.removeprefix("column:")
    if "name_column" in options:
        yield str(options["name_column"])


def _unfit(
    checks: Iterator[tuple[Place, wants.Want, object]],
) -> Iterator[tuple[Place, str]]:
    for place, want, value in checks:
        if said := want(value):
            yield place, said


def _time(value: object) -> str | None:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return None
    return f'must be a time of day in quotes such as "17:00", not {wants.shown(value)}'
