"""One property of a contract: checked by itself and beside its siblings, then as a Field."""

from collections.abc import Iterator
from dataclasses import dataclass

from open_data_contract_standard.model import SchemaProperty

from schemas.contract import Field
from schemas.odcs import bounds, wants, words
from schemas.odcs.custom import Custom, read_custom
from schemas.odcs.options import check_options, read_options
from schemas.odcs.review import Place, Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A property that is not yet known to be right."""

    item: SchemaProperty
    place: Place
    custom: Custom
    columns: tuple[str, ...]


def draft(item: SchemaProperty, place: Place, review: Review) -> Draft:
    """Return *item* with its custom properties read."""
    custom = read_custom(item.customProperties, place, words.of_field(), review)
    columns = tuple((item.physicalName or "").split("+"))
    return Draft(item=item, place=place, custom=custom, columns=columns)


def check_field(draft: Draft, fields: frozenset[str], open_mode: str) -> None:
    """Report everything wrong with *draft*; *fields* are all names of its dataset."""
    review, item = draft.custom.review, draft.item
    for attribute, said in _plain_faults(item):
        review.fault((*draft.place, attribute), said)
    _check_kind(draft)
    _check_presence(draft)
    _check_openness(draft, open_mode)
    check_options(draft.custom, draft.columns, fields)
    bounds.check_bounds(item, draft.custom)


def read_field(draft: Draft) -> Field:
    """Return the checked *draft* as a value."""
    item, custom = draft.item, draft.custom
    condition = custom.get("condition", {})
    least, most = bounds.read_bounds(item, custom)
    return Field(
        name=item.name or "",
        title=item.businessName or "",
        type=words.field_type(custom.get("kind")),
        kind=custom.get("kind"),
        requirement=custom.get("requirement"),
        columns=draft.columns,
        source_type=item.physicalType or "",
        condition=condition.get("name"),
        condition_words=condition.get("words", ""),
        code_list=custom.get("codeList"),
        rules=tuple(custom.get("rules")),
        max_length=(item.logicalTypeOptions or {}).get("maxLength"),
        minimum=least,
        maximum=most,
        precision=custom.get("precision"),
        scale=custom.get("scale"),
        pii=item.classification or "",
        open=custom.get("open"),
        open_because=custom.get("openBecause", ""),
        open_transform=custom.get("openTransform"),
        options=read_options(custom),
        description=item.description or "",
    )


def _plain_faults(item: SchemaProperty) -> Iterator[tuple[str, str]]:
    checks = (
        ("name", wants.name, item.name),
        ("businessName", wants.text, item.businessName),
        ("physicalName", wants.text, item.physicalName),
        ("physicalType", wants.text, item.physicalType),
        ("logicalType", wants.text, item.logicalType),
        ("required", wants.flag, item.required),
        ("classification", words.listed("pii_class"), item.classification),
    )
    for attribute, want, value in checks:
        if said := want(value):
            yield attribute, said


def _check_kind(draft: Draft) -> None:
    """The kind decides the logical type, and whether a code list belongs to the field."""
    kind, item, custom = draft.custom.get("kind"), draft.item, draft.custom
    if kind is None:
        return
    if item.logicalType and item.logicalType != words.logical_type(kind):
        said = f"must be {words.logical_type(kind)} for the kind {kind}, not {item.logicalType!r}"
        custom.review.fault((*draft.place, "logicalType"), said)
    if kind in words.CODED and "codeList" not in custom.places:
        custom.fault("codeList", f"a field of the kind {kind} names its codeList")
    if kind not in words.CODED and "codeList" in custom.places:
        custom.fault("codeList", f"a field of the kind {kind} has no code list")
    if kind == "decimal" and custom.places.keys().isdisjoint({"precision"}):
        custom.fault("precision", "a decimal says its precision and scale")


def _check_presence(draft: Draft) -> None:
    """M is always there, C when its condition holds, and the rules say so (DOMAIN.md 7)."""
    custom, requirement = draft.custom, draft.custom.get("requirement")
    if requirement is None:
        return
    if draft.item.required is not None and draft.item.required != (requirement == "M"):
        custom.fault(
            "requirement", f"{requirement} does not agree with `required`; only M is required"
        )
    if (requirement == "C") != ("condition" in custom.places):
        custom.fault("condition", "C names its condition, M and O have none")
    grouped = "group" in custom.get("options", {})
    reason = {"M": "field.missing", "C": "field.missing_conditional"}.get(requirement)
    reason = "rule.all_or_nothing" if grouped else reason
    if reason and reason not in custom.get("rules", [reason]):
        custom.fault("rules", f"a field that is {requirement} lists {reason}")


def _check_openness(draft: Draft, open_mode: str) -> None:
    """Nothing personal is published row by row, save by a named decision."""
    custom, pii = draft.custom, draft.item.classification
    how = custom.get("open")
    if (how == "row" and open_mode != "row") or (how == "aggregate" and open_mode == "none"):
        custom.fault("open", f"is more open ({how}) than its dataset ({open_mode})")
    if how != "row" and "openTransform" in custom.places:
        custom.fault("openTransform", "only a field open by row has it")
    if how == "row" and pii in {"I", "S"}:  # Invariant 6
        custom.fault("open", "a field of the class I or S is never published")
    if how == "row" and pii == "B" and "openBecause" not in custom.places:
        custom.fault("open", "a personal field is published only with its openBecause")
