"""The contracts say what the central tables say: every dataset, field and rule, word for word."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import read_catalogue
from schemas.contract import Dataset, Field, Options
from streams.rules import RULES

CENTRAL = Path(__file__).parents[2] / "schemas/central"
CATALOGUE = read_catalogue()
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The lines of one central table."""
    with (CENTRAL / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


DATASETS, FIELDS, CROSS = rows("datasets"), rows("fields"), rows("rules")
_PLAIN = ("pad", "tz", "locale", "code_system", "scope", "resolve", "compose", "birth", "gender")
_PLAIN += ("paper_kind", "group", "unit_field", "empty", "encoding", "name_column", "event_date")


def test_the_contracts_are_the_fourteen_and_one_of_our_own() -> None:
    owed = {name for name, one in CATALOGUE.items() if not one.internal}
    assert owed == {row["dataset_id"] for row in DATASETS}
    assert set(CATALOGUE) - owed == {"tp_xac_nhan"}


@pytest.mark.parametrize("row", DATASETS, ids=[row["dataset_id"] for row in DATASETS])
def test_a_dataset_is_what_the_centre_says(row: Row) -> None:
    held = CATALOGUE[row["dataset_id"]]
    said = {
        "title_vi": held.title,
        "title_en": held.title_en,
        "owner_unit": held.owner_unit,
        "source_kind": held.source_kind,
        "source_name": held.source,
        "update_frequency": held.update_frequency,
        "deadline_local_time": held.deadline,
        "sensitivity": held.sensitivity,
        "sharing_mode": held.sharing_mode,
        "open_mode": held.open_mode,
        "completeness_min": held.completeness_min,
        "event_date_field": held.event_date or "",
        "source_key": "+".join(held.source_key),
        "key_fields": "+".join(held.business_key),
        "record_rules": ";".join(held.record_rules),
        "description": held.purpose,
        "legal_basis_note": held.legal_basis,
    }
    assert said == {name: row[name] for name in said}


@pytest.mark.parametrize("row", DATASETS, ids=[row["dataset_id"] for row in DATASETS])
def test_its_fields_stand_in_the_centres_order(row: Row) -> None:
    wanted = [one["field"] for one in FIELDS if one["dataset_id"] == row["dataset_id"]]
    assert [item.name for item in CATALOGUE[row["dataset_id"]].fields] == wanted


IDS = [f"{row['dataset_id']}.{row['field']}" for row in FIELDS]


@pytest.mark.parametrize("row", FIELDS, ids=IDS)
def test_a_field_is_what_the_centre_says(row: Row) -> None:
    dataset = CATALOGUE[row["dataset_id"]]
    held = next(item for item in dataset.fields if item.name == row["field"])
    sized = f"decimal({held.precision},{held.scale})"
    said = {
        "title_vi": held.title,
        "type": sized if held.type == "decimal" else held.type,
        "kind": held.kind,
        "required": held.requirement,
        "condition": held.condition_words,
        "code_list": held.code_list or "",
        "rules": ";".join(held.rules),
        "max_length": str(held.max_length or ""),
        "min": held.minimum or "",
        "max": held.maximum or "",
        "pii": held.pii,
        "open": held.open,
        "source_table": dataset.table,
        "source_column": "+".join(held.columns),
        "source_type": held.source_type,
    }
    assert said == {name: row[name] for name in said}
    assert bool(row["condition_expr"]) == (held.condition is not None)
    assert held.options == options(row["source_options"])
    _check_openness(row, held, dataset)


def _check_openness(row: Row, held: Field, dataset: Dataset) -> None:
    note = row["note"]
    assert ("area_band" if "open_transform=area_band" in note else None) == held.open_transform
    assert note.startswith("CÔNG KHAI") == bool(held.open_because)
    assert "open_when=" not in note or dataset.open_when


def options(text: str) -> Options:
    """The source_options of fields.csv as a value."""
    said = dict(part.split("=", 1) for part in text.split(";") if part)
    known: dict[str, Any] = {name: said[name] for name in _PLAIN if name in said}
    for name in ("date_formats", "placeholders", "candidates", "separators"):
        if name in said:
            known[name] = tuple(said[name].split("|"))
    if "pad" in known:
        known["pad"] = int(known["pad"])
    if "system_map" in said:
        known["system_map"] = dict(pair.split(":") for pair in said["system_map"].split(","))
    known |= {name: said[name] == "true" for name in ("strict", "system_only") if name in said}
    known["numeric_ok"] = said.get("numeric") == "ok"
    return Options(**known)


def _ours(row: Row) -> bool:
    """Whether a rule is judged on the record alone, by a function of streams.rules."""
    elsewhere = row["problem_when"].startswith("stateful") or row["reason"] == "attest.conflict"
    return not elsewhere and row["reason"] != "rule.all_or_nothing"  # presence judges that one


def test_every_rule_of_the_centre_that_needs_only_the_record_is_written_once() -> None:
    wanted = Counter(
        (row["dataset_id"], row["reason"], row["words_vi"]) for row in CROSS if _ours(row)
    )
    held = Counter((rule.dataset, rule.reason, rule.words) for rule in RULES)
    # The plausible range of a parameter stands in DOMAIN.md 9b, not among the rules.
    extra = ("nnmt_quan_trac", "number.range", "giá trị trong khoảng hợp lý của thông số")
    assert held - wanted == Counter([extra])
    assert not wanted - held


@pytest.mark.parametrize(
    "row",
    [row for row in CROSS if _ours(row)],
    ids=lambda row: f"{row['dataset_id']}-{row['reason']}",
)
def test_a_rule_reads_and_reports_the_fields_the_centre_names(row: Row) -> None:
    """A point outside is reported once, on its latitude (rules.csv)."""
    field = row["field"].split(";")[0]
    [rule] = [
        one
        for one in RULES
        if (one.dataset, one.reason, one.words)
        == (row["dataset_id"], row["reason"], row["words_vi"])
    ]
    assert rule.field == field
    assert {*rule.inputs} - {"event_day"} == set(row["inputs"].split(";"))


def test_every_rule_that_needs_other_rows_is_still_named_by_its_contract() -> None:
    for row in CROSS:
        assert row["reason"] in CATALOGUE[row["dataset_id"]].record_rules, row
