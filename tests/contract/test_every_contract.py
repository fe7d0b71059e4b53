"""What must hold for every contract there is: a new file is tested by existing."""

import csv
import re
from pathlib import Path
from typing import Any

import fastavro
import pytest

from connectors.sources import read_sources
from schemas import avro, ddl, topics
from schemas.catalogue import CONTRACTS, read_catalogue
from schemas.codes import read_codes
from schemas.contract import Dataset, Field
from schemas.fingerprint import fingerprint, read_stamps, used_lists
from schemas.reasons import REASONS
from schemas.system import CLEAN, OPEN, ORDER_KEY, TARGET
from streams.compiler import compile_dataset
from streams.conditions import CONDITIONS
from streams.rules import RULES, rules_of
from streams.transforms import TRANSFORMS

CATALOGUE = read_catalogue()
SAMPLES = Path(__file__).parents[2] / "infra/local/samples"
SOURCES = Path(__file__).parents[1] / "data/sources"
"""The departments' tables, files and messages as the ministry's papers have them."""
FIELDS = [(dataset, field) for dataset in CATALOGUE.values() for field in dataset.fields]
EVERY_DATASET = pytest.mark.parametrize("dataset", CATALOGUE.values(), ids=list(CATALOGUE))
EVERY_FIELD = pytest.mark.parametrize(
    ("dataset", "field"), FIELDS, ids=[f"{one.id}.{field.name}" for one, field in FIELDS]
)


def test_every_contract_can_be_read() -> None:
    assert CATALOGUE.problems == {}
    assert len(CATALOGUE) == len(list(CONTRACTS.rglob("*.odcs.yaml"))) >= 15


def source_columns(dataset: Dataset) -> dict[str, str]:
    """Column -> the rest of its line: in the department's own DDL, or the list of its message."""
    if not dataset.captured:
        with (SOURCES / "non_database_sources.csv").open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["source"] == dataset.table]
        return {row["column"]: row["type"] for row in rows}
    text = (SOURCES / f"{dataset.source}.sql").read_text("utf-8")
    found = re.search(rf"CREATE TABLE {re.escape(dataset.table)} \((.*?)\n\)", text, re.DOTALL)
    assert found, f"no table {dataset.table}"
    lines = [line.strip().rstrip(",") for line in found[1].split("\n") if line.strip()]
    pairs = (line.split(None, 1) for line in lines if not line.startswith("PRIMARY KEY"))
    return {name: rest.strip() for name, rest in pairs}


@EVERY_DATASET
def test_taken_and_untaken_together_are_the_table_and_nothing_is_both(dataset: Dataset) -> None:
    columns = set(source_columns(dataset))
    assert set(dataset.source_columns) | set(dataset.untaken) == columns
    assert not set(dataset.source_columns) & set(dataset.untaken)
    assert set(dataset.source_key) <= columns


@EVERY_DATASET
def test_the_sample_department_has_the_table_of_the_real_one(dataset: Dataset) -> None:
    samples = list(SAMPLES.glob(f"*/{dataset.source}.sql"))
    if not dataset.captured:
        assert dataset.id not in read_catalogue().captured(read_sources())
        assert not samples
        return
    (sample,) = samples
    text = sample.read_text("utf-8")
    assert f"CREATE TABLE IF NOT EXISTS {dataset.table} (" in text
    assert all(column in text for column in source_columns(dataset))


@EVERY_FIELD
def test_a_field_says_the_type_its_column_really_has(dataset: Dataset, field: Field) -> None:
    columns = source_columns(dataset)
    for column, kind in zip(field.columns, field.source_type.split("+"), strict=True):
        assert columns[column].startswith(kind), column


@EVERY_FIELD
def test_what_a_field_names_exists(dataset: Dataset, field: Field) -> None:
    codes = read_codes()
    assert set(field.rules) <= set(REASONS)
    assert field.code_list is None or codes.has(f"codes/{field.code_list}")
    assert field.condition is None or field.condition in CONDITIONS
    assert (field.requirement == "C") == bool(field.condition and field.condition_words)
    assert dataset.open_when is None or dataset.open_when in CONDITIONS
    assert field.open_transform is None or field.open_transform in TRANSFORMS


@EVERY_DATASET
def test_a_condition_reads_only_columns_of_its_own_dataset(dataset: Dataset) -> None:
    named = {field.condition for field in dataset.fields} | {dataset.open_when}
    names = {column.name for column in dataset.columns}
    for name in named - {None}:
        fields, _ = CONDITIONS[str(name)]
        assert set(fields) <= names, name


@EVERY_DATASET
def test_no_personal_field_is_public_without_a_decision(dataset: Dataset) -> None:  # Invariant 6
    public = {column.pii for column in dataset.open_columns}
    assert public <= {"N", "B"}
    published = [item for item in dataset.fields if item.open == "row" and item.pii == "B"]
    assert all(item.open_because.startswith("CÔNG KHAI: ") for item in published)
    assert not {column.name for column in OPEN} & {"_key", "_source", "_raw", "_originals", "_hash"}


@EVERY_DATASET
def test_the_avro_of_clean_holds_every_column_nullable_then_ours(dataset: Dataset) -> None:
    schema = avro.clean_schema(dataset)
    fastavro.parse_schema(schema)
    names = [field["name"] for field in schema["fields"]]
    assert names == [*(column.name for column in dataset.columns), *(one.name for one in CLEAN)]
    for field in schema["fields"][: len(dataset.columns)]:
        assert field["type"][0] == "null"  # Invariant 7
        assert field["default"] is None


@EVERY_DATASET
def test_an_emptied_clean_record_survives_avro(dataset: Dataset, tmp_path: Path) -> None:
    schema = fastavro.parse_schema(avro.clean_schema(dataset))
    record = dict.fromkeys((column.name for column in dataset.columns), None) | system_values()
    with (tmp_path / "one").open("wb") as file:
        fastavro.schemaless_writer(file, schema, record)
    with (tmp_path / "one").open("rb") as file:
        read: Any = fastavro.schemaless_reader(file, schema, None)
    assert read["_key"] == "[17]"
    assert all(read[column.name] is None for column in dataset.columns)


def system_values() -> dict[str, object]:
    values: dict[str, object] = {"_flags": ["ROUNDED:a"], "_originals": {"a": "1"}, "_key": "[17]"}
    for column in CLEAN:
        values.setdefault(column.name, "x" if column.avro == "string" else 1)
    return values


@EVERY_DATASET
def test_the_avro_of_open_holds_the_public_columns_and_the_order_key(dataset: Dataset) -> None:
    if not dataset.open_columns:
        assert topics.open_(dataset) not in {one.name for one in topics.dataset_topics(dataset)}
        return
    schema = avro.open_schema(dataset)
    fastavro.parse_schema(schema)
    names = [field["name"] for field in schema["fields"]]
    public = [field.name for field in dataset.fields if field.open == "row"]
    assert [name for name in names if name in public] == public
    assert names[-5:] == [*ORDER_KEY, "_source_ts"]


@EVERY_DATASET
def test_the_table_holds_every_column_in_order_with_a_vietnamese_comment(dataset: Dataset) -> None:
    text = ddl.target_table(dataset)
    wanted = [column.name for column in dataset.columns] + [column.name for column in TARGET]
    assert re.findall(r'^  "(\w+)" ', text, re.MULTILINE) == wanted
    assert re.findall(r'on column [\w.]+"(\w+)" is \'.+\'', text) == wanted
    assert text.count("primary key (_key)") == 1


@EVERY_DATASET
def test_names_of_people_sort_in_vietnamese_and_keys_by_their_bytes(dataset: Dataset) -> None:
    text = ddl.target_table(dataset)
    people = {field.name for field in dataset.fields if field.kind == "name"}
    assert set(re.findall(r'"(\w+)" text collate "vi-VN-x-icu"', text)) == people
    assert '"_key" text collate "C" not null' in text


@EVERY_DATASET
def test_a_changed_fingerprint_has_a_new_revision(dataset: Dataset) -> None:
    stamped = read_stamps().get((dataset.id, dataset.revision))
    found = fingerprint(dataset, read_codes())
    assert stamped == found, (
        f"{dataset.id} is not what revision {dataset.revision} was; raise its revision, then run"
        " `suoi contract check` for the line of fingerprints.csv"
    )


@EVERY_DATASET
def test_the_fingerprint_covers_every_list_the_contract_names(dataset: Dataset) -> None:
    named = {f"codes/{field.code_list}" for field in dataset.fields if field.code_list}
    assert named <= set(used_lists(dataset, read_codes()))


@EVERY_DATASET
def test_a_judge_can_be_made_of_it_and_an_empty_row_is_no_crash(dataset: Dataset) -> None:
    found = compile_dataset(dataset, read_codes()).judge({}, 0)
    assert len(found.values) == len(dataset.columns)
    assert not found.accepted


@EVERY_DATASET
def test_every_rule_written_for_it_is_asked_for(dataset: Dataset) -> None:
    asked = rules_of(dataset, read_codes())
    assert len(asked) == sum(rule.dataset == dataset.id for rule in RULES)
    names = {column.name for column in dataset.columns} | {"event_day"}
    assert all({rule.field, *rule.inputs} <= names for rule in asked)


@EVERY_DATASET
def test_what_is_internal_or_not_captured_stays_out_of_the_way(dataset: Dataset) -> None:
    made = {topic.name for topic in topics.all_topics([dataset])}
    assert (topics.clean(dataset) in made) == dataset.captured
    assert not (dataset.internal and dataset.open_columns)  # Invariant 6


@EVERY_DATASET
def test_a_transformed_column_is_words_in_the_open_record(dataset: Dataset) -> None:
    for column in dataset.open_columns:
        field = next(one for one in dataset.fields if one.name == column.field)
        assert column.transform == field.open_transform
        assert column.transform is None or column.type == "text"
