"""The catalogue finds a dataset by its topics; one broken contract stops its own dataset alone."""

from contextlib import suppress
from pathlib import Path

import pytest

from schemas import shelf
from schemas.catalogue import CONTRACTS, read_catalogue
from schemas.contract import Dataset
from schemas.odcs.contract import ContractError, read_contract
from schemas.odcs.head import head_of, read_head

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
    assert catalogue.by_open_topic["open.nnmt_ocop.v1"] is ocop
    assert all(item.open_columns for item in catalogue.by_open_topic.values())


def test_sources_are_the_departments_of_its_datasets() -> None:
    catalogue = read_catalogue()
    assert catalogue.sources == tuple(sorted(set(catalogue.sources)))
    assert {"so_nnmt", "so_tu_phap"} <= set(catalogue.sources)
    assert "nnmt_ocop" in [item.id for item in catalogue.of_source("so_nnmt")]


def test_only_what_a_known_department_gives_is_captured() -> None:
    """Files, messages and departments that are not connected yet have no topic and no table."""
    stack = read_catalogue().captured({"so_nnmt"})
    assert list(stack) == ["nnmt_ocop", "nnmt_quan_trac"]
    assert stack.sources == ("so_nnmt",)
    whole = read_catalogue()
    assert {item.source_kind for item in whole.by_raw_topic.values()} == {
        "cdc_postgres",
        "cdc_mariadb",
    }
    ways = {item.source for item in whole.values() if not item.captured}
    assert ways == {"truong_hoc.xlsx", "giay_phep_van_tai.xlsx", "push", "ndop"}
    assert not ways & set(whole.sources)


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
    twice = str(catalogue.problems[home / "c.odcs.yaml"])
    assert "has a contract already, a.odcs.yaml; keep one" in twice
    assert "is taken by tp_khai_tu" in str(catalogue.problems[home / "d.odcs.yaml"])


def contracts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the name of each contract file that is read whole from now on."""
    found: list[str] = []

    def read(path: Path) -> Dataset:
        found.append(path.name)
        return read_contract(path)

    monkeypatch.setattr(shelf, "read_contract", read)
    return found


def test_one_dataset_is_read_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = contracts_read(monkeypatch)
    (home / "c.odcs.yaml").write_text("nothing: of ours", "utf-8")
    catalogue = read_catalogue(home)
    assert read == ["c.odcs.yaml"]  # its head is not plain: it is read at once
    assert list(catalogue.heads) == ["nnmt_ocop", "tp_khai_tu"]
    assert catalogue["tp_khai_tu"] is catalogue["tp_khai_tu"]
    assert "nnmt_ocop" in catalogue
    assert "nope" not in catalogue
    assert read == ["c.odcs.yaml", "b.odcs.yaml", "a.odcs.yaml"]
    assert [path.name for path in catalogue.problems] == ["c.odcs.yaml"]
    assert len(read) == 3


def test_one_asked_for_alone_is_what_it_is_among_all(home: Path) -> None:
    """Of contracts that claim one id or table the first counts, whoever is asked for first."""
    (home / "c.odcs.yaml").write_text(OCOP.replace("so_nnmt", "so_khac"), "utf-8")
    (home / "d.odcs.yaml").write_text(DEATH.replace("tp_khai_tu", "tp_khai_tu_2"), "utf-8")
    alone, among = read_catalogue(home), read_catalogue(home)
    assert len(among) == 2
    assert "tp_khai_tu_2" not in alone
    assert alone["nnmt_ocop"] == among["nnmt_ocop"]
    assert alone["nnmt_ocop"].source == "so_nnmt"


def test_a_wrong_contract_does_not_take_an_id_or_a_table_from_a_right_one(home: Path) -> None:
    (home / "a.odcs.yaml").write_text(OCOP.replace("ocop_group", "ocop_grup"), "utf-8")
    (home / "c.odcs.yaml").write_text(OCOP, "utf-8")
    catalogue = read_catalogue(home)
    assert catalogue["nnmt_ocop"].id == "nnmt_ocop"
    assert [path.name for path in catalogue.problems] == ["a.odcs.yaml"]


@pytest.mark.parametrize("path", sorted(CONTRACTS.rglob("*.odcs.yaml")), ids=lambda path: path.stem)
def test_the_head_of_a_contract_is_that_of_its_dataset(path: Path) -> None:
    assert read_head(path) == head_of(read_contract(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: nnmt_ocop\n", "id: nnmt_ocop\nid: nnmt_ocop\n"),
        ("id: nnmt_ocop\n", '"id": nnmt_ocop\n'),
        ("id: nnmt_ocop\n", "id:\n  nnmt_ocop\n"),
        ("id: nnmt_ocop\n", "id: 'nnmt_ocop'\n"),
        ('version: "1.0.0"', "version: 1.0"),
        ("{property: source, value: so_nnmt}", "{value: so_nnmt, property: source}"),
        ("    physicalName: ocop\n", "    physicalName: [ocop]\n"),
    ],
)
def test_a_head_that_is_not_plain_is_never_guessed(home: Path, old: str, new: str) -> None:
    assert OCOP.count(old) == 1
    path = home / "a.odcs.yaml"
    path.write_text(OCOP.replace(old, new), "utf-8")
    assert read_head(path) is None
    with suppress(ContractError):
        whole = head_of(read_contract(path))
        assert read_catalogue(home).heads["nnmt_ocop"] == whole


def test_a_head_that_says_otherwise_than_its_contract_is_a_fault(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = read_head(home / "a.odcs.yaml")
    assert head is not None
    monkeypatch.setattr(shelf, "read_head", lambda _path: head._replace(id="nnmt_khac"))
    catalogue = read_catalogue(home)
    assert len(catalogue) == 0
    assert "stand otherwise" in str(catalogue.problems[home / "a.odcs.yaml"])


def test_an_empty_directory_is_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path)
    assert len(catalogue) == 0
    assert catalogue.problems == {}
    assert catalogue.sources == ()
