"""The catalogue finds a dataset by its topics; one broken contract stops its own dataset alone."""

from pathlib import Path

import pytest

from schemas.catalogue import CONTRACTS, read_catalogue

OCOP = (CONTRACTS / "so_nnmt/nnmt_ocop.odcs.yaml").read_text("utf-8")
DEATH = (CONTRACTS / "so_tu_phap/tp_khai_tu.odcs.yaml").read_text("utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "a.odcs.yaml").write_text(OCOP, "utf-8")
    (tmp_path / "b.odcs.yaml").write_text(DEATH, "utf-8")
    return tmp_path


def test_a_dataset_is_found_by_each_of_its_topics() -> None:
    catalogue = read_catalogue()
    ocop = catalogue["nnmt_ocop"]
    assert catalogue.by_raw_topic["raw.so_nnmt.so_nnmt.ocop"] is ocop
    assert catalogue.by_raw_topic["raw.so_tu_phap.ho_tich.ket_hon"] is catalogue["tp_ket_hon"]
    assert catalogue.by_clean_topic["clean.nnmt_ocop.v1"] is ocop
    assert catalogue.by_reject_topic["reject.nnmt_ocop"] is ocop
    assert catalogue.by_open_topic == {"open.nnmt_ocop.v1": ocop}


def test_sources_are_the_departments_of_its_datasets() -> None:
    catalogue = read_catalogue()
    assert catalogue.sources == ("so_nnmt", "so_tu_phap")
    assert [item.id for item in catalogue.of_source("so_nnmt")] == ["nnmt_ocop"]


def test_a_broken_contract_does_not_stop_the_others(home: Path) -> None:  # Invariant 10
    (home / "a.odcs.yaml").write_text(OCOP.replace("ocop_group", "ocop_grup"), "utf-8")
    catalogue = read_catalogue(home)
    assert list(catalogue) == ["tp_khai_tu"]
    assert "nhom_san_pham.codeList" in str(catalogue.problems[home / "a.odcs.yaml"])


def test_two_contracts_of_one_dataset_or_one_table_are_refused(home: Path) -> None:
    (home / "c.odcs.yaml").write_text(OCOP, "utf-8")
    (home / "d.odcs.yaml").write_text(DEATH.replace("tp_khai_tu", "tp_khai_tu_2"), "utf-8")
    catalogue = read_catalogue(home)
    assert list(catalogue) == ["nnmt_ocop", "tp_khai_tu"]
    assert "has a contract already" in str(catalogue.problems[home / "c.odcs.yaml"])
    assert "is taken by tp_khai_tu" in str(catalogue.problems[home / "d.odcs.yaml"])


def test_an_empty_directory_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path)
    assert len(catalogue) == 0
    assert catalogue.problems == {}
    assert catalogue.sources == ()
