"""What a change of contract means: each one is named, weighed, and given its steps."""

import io
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from fastavro.read import SchemaResolutionError
from hypothesis import given, settings
from hypothesis import strategies as st
from support.contracts import a_dataset, a_field

from schemas import avro
from schemas.catalogue import read_catalogue
from schemas.contract import Column, Dataset, Field, Options
from schemas.evolution.answer import COMPATIBLE, NEW_MAJOR, Difference, difference
from schemas.evolution.whole import compare
from schemas.system import CLEAN, OPEN, SystemColumn

OCOP = read_catalogue()["nnmt_ocop"]


def changed(dataset: Dataset, field: str, **facts: Any) -> Dataset:  # noqa: ANN401
    """*dataset* with one field changed."""
    known = [replace(item, **facts) if item.name == field else item for item in dataset.fields]
    return replace(dataset, fields=tuple(known))


def without(dataset: Dataset, field: str) -> Dataset:
    return replace(dataset, fields=tuple(item for item in dataset.fields if item.name != field))


def added(dataset: Dataset, *more: Field) -> Dataset:
    return replace(dataset, fields=(*dataset.fields, *more))


def told(found: Difference) -> set[tuple[str, str]]:
    return {(change.what, change.field) for change in found.changes}


def steps(found: Difference) -> list[str]:
    return [step.what for step in found.steps]


def test_a_new_field_breaks_no_reader_and_leaves_stored_rows_without_it() -> None:
    found = difference(OCOP, added(OCOP, a_field("text", name="ghi_chu", columns=("ghi_chu",))))
    assert told(found) == {("field.added", "ghi_chu")}
    assert (found.verdict, found.readers, found.rows) == (COMPATIBLE, True, False)
    assert steps(found) == ["revision", "migration", "capture", "refill"]  # Invariant 7


def test_a_removed_field_needs_a_new_major() -> None:
    found = difference(OCOP, without(OCOP, "so_sao"))
    assert told(found) == {("field.removed", "so_sao")}
    assert (found.verdict, found.rows) == (NEW_MAJOR, True)
    assert steps(found) == ["revision", "major", "migration", "untaken", "capture", "fill"]


def test_a_column_that_no_field_takes_any_more_must_be_named_untaken() -> None:
    new = replace(without(OCOP, "so_sao"), untaken=("sao",))
    assert "untaken" not in steps(difference(OCOP, new))
    assert "capture" in steps(difference(OCOP, new))


def test_a_field_that_only_changed_its_name_is_told_as_renamed() -> None:
    found = difference(OCOP, changed(OCOP, "ma_xa", name="xa"))
    assert ("field.renamed", "xa") in told(found)
    assert not {what for what, _ in told(found)} & {"field.added", "field.removed"}
    assert found.verdict == NEW_MAJOR


def test_raised_numbers_are_steps_already_done() -> None:
    new = replace(without(OCOP, "so_sao"), revision=OCOP.revision + 1, version="2.0.0")
    done = {step.what: step.done for step in difference(OCOP, new).steps}
    assert done["revision"]
    assert done["major"]
    assert not done["migration"]


def test_words_alone_need_no_revision() -> None:
    found = difference(OCOP, replace(OCOP, purpose="Nói rõ hơn"))
    assert found.verdict == COMPATIBLE
    assert steps(found) == []


@pytest.mark.parametrize(
    ("facts", "what", "holds"),
    [
        ({"title": "Tên khác"}, "title.changed", (True, True)),
        ({"kind": "ident"}, "kind.changed", (False, False)),
        ({"requirement": "O"}, "requirement.changed", (True, True)),
        ({"max_length": 300}, "max_length.changed", (True, True)),
        ({"max_length": 100}, "max_length.changed", (True, False)),
        ({"pii": "B"}, "privacy.changed", (True, True)),
        ({"open": "none"}, "openness.changed", (False, True)),
        ({"columns": ("ten_moi",)}, "source_column.changed", (True, False)),
        ({"source_type": "VARCHAR(300)"}, "source_type.changed", (True, True)),
        ({"rules": ("field.missing",)}, "rules.changed", (True, True)),
        ({"options": Options(encoding="vni")}, "options.encoding.changed", (True, False)),
    ],
)
def test_a_changed_field_is_weighed(
    facts: dict[str, Any], what: str, holds: tuple[bool, bool]
) -> None:
    """*holds* says it for readers and for stored rows."""
    found = difference(OCOP, changed(OCOP, "ten", **facts))
    weighed = {change.what: (change.readers, change.rows) for change in found.changes}
    assert weighed[what] == holds


@pytest.mark.parametrize(
    ("facts", "what", "readers"),
    [
        ({"source_key": ("ma_sp",)}, "key.changed", "break"),
        ({"table": "ocop_moi"}, "source.changed", "break"),
        ({"partitions": 4}, "partitions.changed", "break"),
        ({"open_mode": "none"}, "open_mode.changed", "break"),
        ({"open_when": None}, "open_when.changed", "go on"),
        ({"deadline": "16:00"}, "cadence.changed", "go on"),
        ({"record_rules": ()}, "record_rules.changed", "go on"),
    ],
)
def test_a_changed_dataset_is_weighed(facts: dict[str, Any], what: str, readers: str) -> None:
    found = difference(OCOP, replace(OCOP, **facts))
    weighed = {change.what: change.readers for change in found.changes}
    assert weighed[what] is (readers == "go on")


def test_bounds_that_let_more_in_leave_stored_rows_right() -> None:
    looser = difference(OCOP, changed(OCOP, "so_sao", minimum="1", maximum=None))
    assert looser.rows
    assert not difference(OCOP, changed(OCOP, "so_sao", minimum="4")).rows
    assert not difference(OCOP, changed(OCOP, "so_sao", maximum="4")).rows
    day = difference(OCOP, changed(OCOP, "ngay_cong_nhan", maximum="2020-01-01"))
    assert not day.rows


def test_a_narrower_public_view_says_that_the_old_one_must_go_first() -> None:  # Invariant 6
    found = difference(OCOP, changed(OCOP, "ten", open="none"))
    assert "close" in steps(found)
    assert "close" not in steps(difference(OCOP, replace(OCOP, open_when=None)))


def test_contracts_of_two_datasets_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two datasets"):
        difference(OCOP, replace(OCOP, id="khac"))


IDENTIFYING = {"id", "version", "revision", "fields"}
OTHER: dict[str, Any] = {"fields": (), "event_date": "khac", "partitions": 9, "internal": True}


@pytest.mark.parametrize("name", [one.name for one in fields(Dataset)])
def test_no_word_of_a_dataset_changes_unseen(name: str) -> None:
    if name not in IDENTIFYING:
        held = getattr(OCOP, name)
        other = OTHER.get(name, (*held, "khac") if isinstance(held, tuple) else f"{held}x")
        assert compare(OCOP, replace(OCOP, **{name: other})), name


CHANGED: dict[str, Any] = {"options": Options(pad=3), "max_length": 7, "requirement": "C"}


@pytest.mark.parametrize("name", [one.name for one in fields(Field)])
def test_no_word_of_a_field_changes_unseen(name: str) -> None:
    held = getattr(OCOP.fields[1], name)
    other = CHANGED.get(name, (*held, "khac") if isinstance(held, tuple) else f"{held or ''}x")
    base = OCOP
    if name in {"type", "precision", "scale"}:
        base = a_dataset(a_field("decimal", type="decimal", precision=9, scale=2))
        other = "integer" if name == "type" else 4
    field = base.fields[-1].name if base is not OCOP else "ten"
    assert compare(base, changed(base, field, **{name: other})), name


# What we call compatible on the wire is what the registry's rule allows (BACKWARD_TRANSITIVE).

SAMPLES = {
    "text": "chữ",
    "integer": 12,
    "boolean": True,
    "date": 20_000,
    "timestamp": 1_700_000_000_000_000,
    "decimal": Decimal("1.2"),
}
KINDS = {
    "text": ("text", "string"),
    "code": ("code", "code"),
    "integer": ("integer", "integer"),
    "boolean": ("boolean", "boolean"),
    "date": ("date", "date"),
    "partial_date": ("partial_date", "partial_date"),
    "timestamp": ("timestamp", "timestamp"),
    "decimal": ("decimal", "decimal"),
    "commune": ("commune", "code"),
}


@st.composite
def a_generated_field(draw: st.DrawFn, name: str) -> Field:
    kind, kind_type = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    return a_field(
        kind,
        name=name,
        columns=(name,),
        type=kind_type,
        precision=draw(st.sampled_from((9, 12))) if kind == "decimal" else None,
        scale=draw(st.sampled_from((2, 4))) if kind == "decimal" else None,
        requirement=draw(st.sampled_from(("M", "O"))),
        open=draw(st.sampled_from(("row", "none"))),
        title=draw(st.sampled_from(("Một", "Hai"))),
    )


@st.composite
def a_contract(draw: st.DrawFn) -> Dataset:
    names = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True))
    made = [draw(a_generated_field(name)) for name in names]
    return a_dataset(*made, open_mode="row")


@settings(max_examples=300, deadline=None)
@given(old=a_contract(), new=a_contract())
def test_what_we_let_pass_on_the_wire_is_what_avro_resolves(old: Dataset, new: Dataset) -> None:
    changes = compare(old, new)
    clean = written_and_read(old.columns, avro.clean_schema(old), avro.clean_schema(new), CLEAN)
    public = written_and_read(old.open_columns, avro.open_schema(old), avro.open_schema(new), OPEN)
    by_clean = all(change.wire for change in changes)
    assert by_clean == (clean is not None)
    assert not by_clean or public is not None
    if all(change.readers for change in changes) and clean is not None:
        kept = {column.name for column in old.columns}
        assert kept <= clean.keys(), "a reader lost a column"
        assert all(clean[name] == SAMPLES[type_of(old.columns, name)] for name in kept)


def written_and_read(
    columns: tuple[Column, ...],
    written: avro.Schema,
    read: avro.Schema,
    system: tuple[SystemColumn, ...],
) -> dict[str, Any] | None:
    """A full record of the old schema read by the new one; None where Avro refuses."""
    record = {column.name: SAMPLES[column.type] for column in columns} | {
        one.name: {"_flags": [], "_originals": {}}.get(one.name, "1" if one.avro == "string" else 1)
        for one in system
    }
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(written), record)
    body.seek(0)
    try:
        found: Any = fastavro.schemaless_reader(body, written, read)
    except SchemaResolutionError:
        return None
    except (AttributeError, UnicodeError):  # resolved; the promoted bytes are no text
        return {}
    return {name: plain(value) for name, value in found.items()}


def plain(value: Any) -> Any:  # noqa: ANN401
    """Days and microseconds again, where fastavro makes dates of them."""
    if hasattr(value, "timestamp"):
        return round(value.timestamp() * 1_000_000)
    return value.toordinal() - 719_163 if hasattr(value, "toordinal") else value


def type_of(columns: tuple[Column, ...], name: str) -> str:
    return next(column.type for column in columns if column.name == name)
