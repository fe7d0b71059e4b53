"""A contract as values: what a dataset is, field by field. `odcs.py` reads it from YAML.

Words and options are those of the ministry's tables (fields.csv, datasets.csv); DOMAIN.md says
what each means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

KINDS = (
    "text",
    "name",
    "ident",
    "code",
    "boolean",
    "integer",
    "decimal",
    "date",
    "partial_date",
    "timestamp",
    "time",
    "gender",
    "ethnic",
    "country",
    "commune",
    "commune_name",
    "province",
    "district",
    "cccd",
    "id_paper",
    "mst",
    "mst_or_person",
    "bhxh",
    "bhyt",
    "geohash",
    "register_number",
    "phone",
    "plate",
    "school_year",
    "vsic",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How the source column writes the value (source_options in fields.csv; DOMAIN.md 0)."""

    encoding: str = "utf-8"
    date_formats: tuple[str, ...] = ()
    tz: str | None = None
    locale: str = "plain"
    placeholders: tuple[str, ...] = ("default",)
    pad: int | None = None
    numeric_ok: bool = False
    code_system: str | None = None
    """A system's name, "canonical", "unknown", "by_event_date", or "column:NAME"."""
    system_map: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    name_column: str | None = None
    event_date: str | None = None
    scope: str | None = None
    """"14" = Sơn La's lists, "VN" = the national ones."""
    system_only: bool = False
    resolve: str | None = None
    compose: str | None = None
    separators: tuple[str, ...] = ("/",)
    birth: str | None = None
    gender: str | None = None
    strict: bool = False
    paper_kind: str | None = None
    group: str | None = None
    unit_field: str | None = None
    empty: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One canonical field and the source column (or columns, where composed) it comes from."""

    name: str
    title: str
    type: str
    """string, code, integer, decimal, boolean, date, partial_date or timestamp."""
    kind: str
    requirement: str
    """M always, C when *condition* holds, O never."""
    columns: tuple[str, ...]
    source_type: str
    condition: str | None = None
    """Name of a predicate in streams.conditions.CONDITIONS; contracts hold no expressions."""
    condition_words: str = ""
    code_list: str | None = None
    rules: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    """A constant, "today" (event_day) or "now" (source commit time)."""
    precision: int | None = None
    scale: int | None = None
    pii: str = "N"
    open: str = "none"
    """row, aggregate or none."""
    open_because: str = ""
    """Why a personal field is published all the same; nobody else may publish one."""
    open_transform: str | None = None
    """Name of a function in streams.transforms.TRANSFORMS: what the public sees in its place."""
    options: Options = Options()
    description: str = ""
    """How the source writes it, in Vietnamese: quirks and notes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One canonical column of the target: a field, or what a field derives (`f_goc`, `f_he`)."""

    name: str
    field: str
    type: str
    """text, integer, decimal, boolean, date or timestamp (the wire types of records.Accepted)."""
    precision: int | None = None
    scale: int | None = None
    pii: str = "N"
    open: bool = False
    title: str = ""
    transform: str | None = None
    """Of an open column alone: what its value goes through on the way out."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset: its contract, and what follows from it at once."""

    id: str
    title: str
    version: str
    """Semantic version; the major is the version of its topics."""
    revision: int
    """The ruleset: contract, code lists and rules together."""
    owner_unit: str
    source: str
    """Id of the department database (connectors/sources/); a file's name, the way of a message."""
    source_kind: str
    table: str
    """schema.table in PostgreSQL, table in MariaDB; file#sheet, or way:message."""
    source_key: tuple[str, ...]
    business_key: tuple[str, ...]
    fields: tuple[Field, ...]
    untaken: tuple[str, ...] = ()
    event_date: str | None = None
    scope_field: str | None = None
    """The commune field that says where an event counts (co_quan_dang_ky); None = unassigned."""
    record_rules: tuple[str, ...] = ()
    open_mode: str = "none"
    open_when: str | None = None
    """Name of a predicate in streams.conditions.CONDITIONS."""
    sharing_mode: str = "centralised"
    update_frequency: str = "daily"
    deadline: str = "17:00"
    completeness_min: str = "0.95"
    reject_share: str = "0.50"
    partitions: int = 2
    internal: bool = False
    """Not one of the 329 that are owed, and never open: it serves our own books."""
    sensitivity: str = "1"
    title_en: str = ""
    purpose: str = ""
    legal_basis: str = ""
    limitations: str = ""

    @property
    def major(self) -> int:
        """The version of the topics."""
        return int(self.version.split(".")[0])

    @property
    def captured(self) -> bool:
        """Whether its rows come from the log of a department database, by Debezium."""
        return self.source_kind.startswith("cdc_")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Canonical columns in contract order, derived ones right after their field."""
        return tuple(column for item in self.fields for column in _columns(item))

    @cached_property
    def open_columns(self) -> tuple[Column, ...]:
        """The public projection; empty where the dataset is not open by row (invariant 6)."""
        if self.open_mode != "row":
            return ()
        transforms = {item.name: item.open_transform for item in self.fields}
        return tuple(
            _public(column, transforms[column.field]) for column in self.columns if column.open
        )

    @cached_property
    def source_columns(self) -> tuple[str, ...]:
        """Every source column the contract takes: the key, the fields and their companions."""
        named = [
            name for item in self.fields for name in (*item.columns, *_companions(item.options))
        ]
        return tuple(dict.fromkeys((*self.source_key, *named)))


_WIRE = {"string": "text", "code": "text", "partial_date": "text"}
_KEPT_TWICE = ("commune", "commune_name", "province")


def _columns(item: Field) -> tuple[Column, ...]:
    wire = _WIRE.get(item.type, item.type)
    if item.kind == "boolean":
        wire = "boolean"
    main = Column(
        name=item.name,
        field=item.name,
        type=wire,
        precision=item.precision,
        scale=item.scale,
        pii=item.pii,
        open=item.open == "row",
        title=item.title,
    )
    return (main, *_derived(item))


def _public(column: Column, transform: str | None) -> Column:
    """Return *column* as the public sees it: what a transform gives is words."""
    if transform is None:
        return column
    return replace(column, type="text", precision=None, scale=None, transform=transform)


def _derived(item: Field) -> tuple[Column, ...]:
    """DOMAIN.md 6.2 (commune, province) and 9b (units keep both originals)."""
    pairs: tuple[tuple[str, str], ...] = ()
    if item.kind in _KEPT_TWICE:
        pairs = (("goc", "mã gốc"), ("he", "hệ mã gốc"))
    elif item.options.unit_field or item.code_list == "unit":
        pairs = (("goc", "giá trị gốc"),)
    return tuple(
        Column(
            name=f"{item.name}_{suffix}",
            field=item.name,
            type="text",
            pii=item.pii,
            title=f"{item.title} ({words})",
        )
        for suffix, words in pairs
    )


def _companions(options: Options) -> tuple[str, ...]:
    system = options.code_system or ""
    named = (
        options.name_column,
        system.removeprefix("column:") if system.startswith("column:") else None,
    )
    return tuple(name for name in named if name)
