"""The gate of structure names the one who must act: unit, steward, centre or operator."""

from dataclasses import replace

import pytest

from schemas.catalogue import read_catalogue
from schemas.central import Template, read_central
from schemas.contract import Dataset
from schemas.gate.compare import Row, rows
from schemas.gate.types import read_type, same_kind, same_size
from schemas.gate.words import action, sentence

OCOP = read_catalogue()["nnmt_ocop"]
CENTRE = read_central()["nnmt_ocop"]
TYPES = {
    name: kind
    for item in OCOP.fields
    for name, kind in zip(item.columns, item.source_type.split("+"), strict=True)
}
SEEN = dict.fromkeys(OCOP.source_columns, "") | TYPES


def differing(
    dataset: Dataset = OCOP,
    template: Template | None = CENTRE,
    observed: dict[str, str] | None = None,
) -> dict[str, Row]:
    seen = SEEN if observed is None else observed
    return {row.field: row for row in rows(dataset, template, seen) if row.verdict != "agrees"}


def verdicts(found: dict[str, Row]) -> dict[str, tuple[str, str]]:
    return {field: (row.verdict, row.who) for field, row in found.items()}


def test_three_that_agree_need_nobody() -> None:
    assert differing() == {}


def test_a_mandatory_column_that_vanished_is_the_units_to_restore() -> None:  # Invariant 10
    seen = {name: kind for name, kind in SEEN.items() if name not in {"ma_sp", "sdt", "id"}}
    assert verdicts(differing(observed=seen)) == {
        "ma_san_pham": ("mandatory_absent", "unit"),
        "dien_thoai": ("absent", "unit"),
        "id": ("mandatory_absent", "unit"),
    }


def test_a_companion_column_that_vanished_is_told_too() -> None:
    seen = {name: kind for name, kind in SEEN.items() if name != "ten_xa"}
    assert verdicts(differing(observed=seen)) == {"ten_xa": ("absent", "unit")}


def test_another_type_is_the_units_and_another_size_the_stewards() -> None:
    found = differing(observed=SEEN | {"ngay_cn": "varchar(10)", "ten_sp": "varchar(300)"})
    assert verdicts(found) == {
        "ngay_cong_nhan": ("retyped", "unit"),
        "ten": ("resized", "steward"),
    }
    assert not found["ngay_cong_nhan"].fits
    assert found["ten"].fits


def test_a_column_nobody_declared_is_the_stewards_to_declare() -> None:
    found = differing(observed=SEEN | {"cccd_chu": "varchar(12)"})
    assert verdicts(found) == {"cccd_chu": ("undeclared", "steward")}
    declared = replace(OCOP, untaken=("cccd_chu",))
    assert differing(declared, observed=SEEN | {"cccd_chu": "varchar(12)"}) == {}
    assert verdicts(differing(declared)) == {"cccd_chu": ("untaken_absent", "steward")}


def test_what_only_one_paper_has_is_the_stewards() -> None:
    less = replace(OCOP, fields=OCOP.fields[1:])
    found = differing(less)
    assert found["ma_san_pham"].verdict == "not_in_contract"
    assert found["ma_san_pham"].who == "steward"
    short = {name: item for name, item in CENTRE.items() if name != "so_sao"}
    assert verdicts(differing(template=short)) == {"so_sao": ("not_in_centre", "steward")}


def test_papers_that_differ_are_the_centres_to_decide() -> None:
    looser = [
        replace(item, requirement="O", minimum="0") if item.name == "so_sao" else item
        for item in OCOP.fields
    ]
    found = differing(replace(OCOP, fields=tuple(looser)))
    assert verdicts(found) == {"so_sao": ("template_differs", "centre")}
    assert found["so_sao"].detail == "requirement, minimum"


def test_an_unseen_source_is_unknown_and_never_agrees() -> None:  # Invariant 9
    found = rows(OCOP, CENTRE, None)
    assert {(row.verdict, row.who) for row in found} == {("unknown", "operator")}
    assert {row.observed for row in found} == {"?"}
    assert not any(row.fits for row in found)


def test_an_internal_dataset_has_no_template_to_differ_from() -> None:
    assert differing(template=None) == {}


def test_one_field_can_have_two_faults_and_both_are_told() -> None:
    looser = [
        replace(item, requirement="O") if item.name == "so_sao" else item for item in OCOP.fields
    ]
    seen = {name: kind for name, kind in SEEN.items() if name != "sao"}
    found = rows(replace(OCOP, fields=tuple(looser)), CENTRE, seen)
    assert [row.verdict for row in found if row.field == "so_sao"] == ["absent", "template_differs"]


def test_every_difference_has_a_sentence_for_officers_and_one_for_operators() -> None:
    seen = {name: kind for name, kind in SEEN.items() if name not in {"ma_sp", "sdt"}}
    seen |= {"la": "text", "ngay_cn": "text", "ten_sp": "varchar(9)"}
    told = [
        *rows(OCOP, CENTRE, seen),
        *rows(OCOP, CENTRE, None),
        *rows(replace(OCOP, fields=OCOP.fields[3:], untaken=("x",)), CENTRE, seen),
        *rows(OCOP, {}, SEEN),
        *rows(changed_pii(), CENTRE, SEEN),
    ]
    assert len({row.verdict for row in told}) == 11
    for row in told:
        assert bool(sentence(row)) == bool(action(row)) == (row.verdict != "agrees")
        assert "{" not in sentence(row) + action(row)


def changed_pii() -> Dataset:
    return replace(OCOP, fields=tuple(replace(item, pii="S") for item in OCOP.fields))


@pytest.mark.parametrize(
    ("contract", "observed", "same"),
    [
        ("varchar(20)", "character varying(20)", (True, True)),
        ("varchar(20)", "character varying(30)", (True, False)),
        ("char(5)", "character(5)", (True, True)),
        ("INT", "int(10) unsigned", (True, True)),
        ("TINYINT", "tinyint(4)", (True, True)),
        ("TINYINT(1)", "tinyint(1)", (True, True)),
        ("TINYINT(1)", "tinyint(4)", (False, True)),
        ("DATETIME(3)", "datetime(3)", (True, True)),
        ("timestamp", "timestamp without time zone", (True, True)),
        ("timestamp", "timestamp with time zone", (False, True)),
        ("timestamptz", "timestamp(6) with time zone", (True, True)),
        ("numeric(14,2)", "numeric(14,2)", (True, True)),
        ("DECIMAL(9,6)", "decimal(10,6)", (True, False)),
        ("double precision", "double", (True, True)),
        ("VARCHAR(200) CHARACTER SET latin1", "varchar(200) character set latin1", (True, True)),
        ("VARCHAR(200) CHARACTER SET latin1", "varchar(200) character set utf8mb4", (False, True)),
        ("date", "character varying(10)", (False, True)),
        ("json string", "json string", (True, True)),
        ("varchar(10)", "", (True, True)),
        ("varchar(10)", "weird((", (False, True)),
    ],
)
def test_types_are_compared_without_their_dialect(
    contract: str, observed: str, same: tuple[bool, bool]
) -> None:
    kind, size = same
    assert same_kind(contract, observed) is kind
    assert not kind or same_size(contract, observed) is size


def test_a_type_nobody_knows_is_itself() -> None:
    assert read_type("  Geometry(Point,4326) ").name == "geometry(point,4326)"
