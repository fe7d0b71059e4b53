"""The closed vocabularies of a contract: which words it may hold, and what each must look like."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from schemas.codes import read_codes
from schemas.contract import KINDS
from schemas.odcs import wants
from schemas.odcs.wants import Want
from schemas.reasons import REASONS

CODED = frozenset(
    (
        "code",
        "gender",
        "ethnic",
        "country",
        "commune",
        "commune_name",
        "province",
        "district",
        "vsic",
    )
)
"""Kinds whose values come from a code list."""

PLACES = frozenset(("commune", "commune_name", "province", "district"))
"""Kinds judged by the list in force on a date, so they name an event_date (DOMAIN.md 6.2)."""

_OWN_TYPE = ("boolean", "integer", "date", "timestamp")

DATE_FORMATS = (
    "iso", "dmy", "my", "y", "excel_serial", "ymd8", "ymd8z", "ym6", "ymdhm12", "iso_offset",
)  # fmt: skip
ENCODINGS = ("utf-8", "tcvn3", "vni", "viscii", "vps", "windows-1258")
_BY_DATE = ("unknown", "by_event_date", "DVHC-2004", "DVHC-2025")
SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "commune": _BY_DATE,
    "commune_name": _BY_DATE,
    "province": _BY_DATE,
    "district": ("DVHC-2004",),
    "ethnic": ("unknown",),
    "vsic": ("prefix2",),
}
"""Kind -> code systems that need no crosswalk of their own, beside "canonical" (DOMAIN.md 6)."""

BY_COLUMN = frozenset(("commune", "province"))
"""Kinds whose code system may stand in a column of the source."""

OPTIONS: Mapping[str, Want] = {
    "encoding": wants.one_of(ENCODINGS),
    "date_formats": wants.list_of(wants.one_of(DATE_FORMATS)),
    "tz": wants.zone,
    "locale": wants.one_of(("plain", "vi")),
    "placeholders": wants.list_of(wants.text),
    "pad": wants.integer(1),
    "numeric": wants.one_of(("ok",)),
    "code_system": wants.text,
    "system_map": wants.mapping_to(wants.one_of(("DVHC-2004", "DVHC-2025"))),
    "candidates": wants.list_of(wants.text),
    "name_column": wants.text,
    "event_date": wants.name,
    "scope": wants.one_of(("14", "VN")),
    "system_only": wants.flag,
    "resolve": wants.one_of(("name",)),
    "compose": wants.text,
    "separators": wants.list_of(wants.text),
    "birth": wants.name,
    "gender": wants.text,
    "strict": wants.flag,
    "paper_kind": wants.name,
    "group": wants.name,
    "unit_field": wants.name,
    "empty": wants.one_of(("false", "true")),
}
"""How the source column writes the value: option -> what it may be (DOMAIN.md 0)."""

TRANSFORMS = ("area_band",)
"""What a value may go through on its way to the public: names in streams.transforms (DOMAIN 10)."""

REFERENCES: Mapping[str, tuple[str, ...]] = {
    "birth": (),
    "gender": ("1", "2"),
    "paper_kind": (),
    "unit_field": (),
    "event_date": ("event_day",),
}
"""Options that name a field of the same dataset -> literals they may hold instead."""


class Properties(NamedTuple):
    """The customProperties of one level: what each may be, and which must be there."""

    wants: Mapping[str, Want]
    needed: tuple[str, ...]


def logical_type(kind: str) -> str:
    """Return the ODCS logicalType of *kind*."""
    return "number" if kind == "decimal" else kind if kind in _OWN_TYPE else "string"


def field_type(kind: str) -> str:
    """Return our type of *kind* (schemas.contract.Field.type)."""
    if kind in CODED:
        return "code"
    return kind if kind in (*_OWN_TYPE, "decimal", "partial_date") else "string"


@lru_cache(maxsize=1)
def of_contract() -> Properties:
    """Return the customProperties of a whole contract."""
    known: dict[str, Want] = {
        "revision": wants.integer(1),
        "titleEn": wants.text,
        "source": wants.source,
        "sourceKind": listed("source_kind"),
        "sharingMode": listed("sharing_mode"),
        "sensitivity": listed("sensitivity_level"),
        "openMode": listed("open_class"),
        "openWhen": wants.name,
        "completenessMin": wants.share,
        "rejectShare": wants.share,
        "partitions": wants.integer(1),
        "internal": wants.flag,
    }
    needed = ("revision", "source", "sourceKind", "sharingMode", "openMode", "completenessMin")
    return Properties(known, needed)


@lru_cache(maxsize=1)
def of_table() -> Properties:
    """Return the customProperties of the one table of a contract."""
    known: dict[str, Want] = {
        "sourceKey": wants.list_of(wants.text),
        "untaken": wants.list_of(wants.text),
        "eventDate": wants.name,
        "scopeField": wants.name,
        "recordRules": wants.list_of(wants.one_of(REASONS)),
    }
    return Properties(known, ("sourceKey", "untaken"))


@lru_cache(maxsize=1)
def of_field() -> Properties:
    """Return the customProperties of one field."""
    known: dict[str, Want] = {
        "kind": wants.one_of(KINDS),
        "requirement": wants.one_of(("M", "C", "O")),
        "condition": wants.mapping_of({"name": wants.name, "words": wants.text}),
        "codeList": wants.one_of(_code_lists()),
        "rules": wants.list_of(wants.one_of(REASONS)),
        "minimum": wants.text,
        "maximum": wants.text,
        "precision": wants.integer(1),
        "scale": wants.integer(0),
        "open": listed("open_class"),
        "openBecause": wants.text,
        "openTransform": wants.one_of(TRANSFORMS),
        "options": wants.mapping,
    }
    return Properties(known, ("kind", "requirement", "rules", "open"))


def listed(code_list: str) -> Want:
    """Want a code of *code_list*."""
    return wants.one_of(tuple(read_codes().labels(code_list)))


def known_systems(kind: str, code_list: str | None) -> frozenset[str]:
    """Return the code systems in which a field of *kind* and *code_list* may be written."""
    own = systems(code_list) if code_list else frozenset()
    return own | {"canonical", *SYSTEMS.get(kind, ())}


@lru_cache(maxsize=64)
def systems(code_list: str) -> frozenset[str]:
    """Return the code systems that the crosswalk of *code_list* knows."""
    name = f"crosswalks/{code_list}"
    codes = read_codes()
    rows = codes.rows(name) if codes.has(name) else ()
    return frozenset(row["system"] for row in rows if "system" in row)


def _code_lists() -> tuple[str, ...]:
    return tuple(
        name.removeprefix("codes/") for name in read_codes().names() if name.startswith("codes/")
    )
