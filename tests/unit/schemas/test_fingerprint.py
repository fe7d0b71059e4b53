"""A fingerprint changes with whatever may change a verdict, and with nothing else."""

from dataclasses import replace
from pathlib import Path

from schemas.catalogue import CONTRACTS, read_catalogue
from schemas.codes import CodeLists, read_codes
from schemas.contract import Dataset
from schemas.fingerprint import fingerprint
from schemas.odcs.contract import read_contract

OCOP = read_catalogue()["nnmt_ocop"]
SOURCE = CONTRACTS / "so_nnmt/nnmt_ocop.odcs.yaml"


def of(dataset: Dataset) -> str:
    return fingerprint(dataset, read_codes())


def test_a_comment_changes_nothing_and_a_bound_does(tmp_path: Path) -> None:
    text = SOURCE.read_text("utf-8")
    path = tmp_path / "a.odcs.yaml"
    path.write_text("# lời bàn\n" + text, "utf-8")
    assert of(read_contract(path)) == of(OCOP)
    path.write_text(text.replace("{minimum: 3, maximum: 5}", "{minimum: 1, maximum: 5}"), "utf-8")
    assert of(read_contract(path)) != of(OCOP)


def test_the_number_of_the_revision_is_no_part_of_it() -> None:
    assert of(replace(OCOP, revision=2)) == of(OCOP)


def test_what_is_said_to_people_is_no_part_of_it() -> None:
    words = {"purpose": "x", "limitations": "x", "title_en": "x", "legal_basis": "x"}
    assert of(replace(OCOP, **words, sensitivity="5")) == of(OCOP)


def test_a_transform_and_being_internal_are_part_of_it() -> None:
    assert of(replace(OCOP, internal=True)) != of(OCOP)
    first, *others = OCOP.fields
    banded = (replace(first, open_transform="area_band"), *others)
    assert of(replace(OCOP, fields=banded)) != of(OCOP)


def test_a_changed_code_list_changes_it() -> None:
    class Changed(CodeLists):
        def _text(self, name: str) -> str:
            return super()._text(name) + ("x" if name == "codes/ocop_group" else "")

    assert fingerprint(OCOP, Changed()) != of(OCOP)
    assert fingerprint(read_catalogue()["tp_ket_hon"], Changed()) == of(
        read_catalogue()["tp_ket_hon"]
    )
