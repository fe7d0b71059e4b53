"""`suoi contract diff` and `gate` answer in sentences, JSON and exit codes, without a stack."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.errors import Usage
from schemas.catalogue import CONTRACTS, read_catalogue
from suoi.contract import app
from suoi.contract_diff import next_number

OCOP = CONTRACTS / "so_nnmt/nnmt_ocop.odcs.yaml"
TEXT = OCOP.read_text("utf-8")
SAMPLES = Path(__file__).parents[1] / "data/sources/non_database_sources.csv"


CATALOGUE = read_catalogue()


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our contracts do not change while we ask: read them once."""
    monkeypatch.setattr("suoi.law.read_catalogue", lambda _directory=None: CATALOGUE)


def ask(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """Where a test writes its changed contract."""
    return tmp_path / "nnmt_ocop.odcs.yaml"


def test_a_contract_and_its_file_are_the_same(contract: Path) -> None:
    contract.write_text(f"# một chú thích\n{TEXT}", "utf-8")
    answer = ask("diff", "nnmt_ocop", contract, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["verdict"] == "same"
    assert json.loads(answer.stdout)["migrations"] == []


def test_a_title_is_compatible_and_says_its_migration(contract: Path) -> None:
    contract.write_text(TEXT.replace('businessName: "Số sao"', 'businessName: "Hạng sao"'), "utf-8")
    answer = ask("diff", "nnmt_ocop", contract)
    assert answer.exit_code == 0
    assert answer.stdout.startswith("nnmt_ocop: compatible")
    assert "so_sao: title.changed (Số sao -> Hạng sao); readers go on" in answer.stdout
    said = ask("diff", "nnmt_ocop", contract, "--as-sql").stdout
    assert said.startswith(f"-- {next_number():04}_pre_nnmt_ocop_r1.sql\n")
    assert "is 'Hạng sao';" in said


def test_another_kind_is_a_new_major_and_exit_1(contract: Path) -> None:
    contract.write_text(
        TEXT.replace("{property: kind, value: phone}", "{property: kind, value: ident}"), "utf-8"
    )
    answer = ask("diff", OCOP, contract, "--json")
    found = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert (found["verdict"], found["compatible"]) == ("new major needed", False)
    assert {change["what"] for change in found["changes"]} == {"kind.changed"}
    assert {step["what"] for step in found["steps"]} == {"revision", "major", "refill", "fill"}


def test_what_cannot_be_compared_is_wrong_usage(contract: Path) -> None:
    contract.write_text(TEXT.replace("tcvn3", "tcvn4"), "utf-8")
    assert isinstance(ask("diff", "nnmt_ocop", "tp_ket_hon").exception, Usage)
    assert isinstance(ask("diff", "nnmt_ocop", "khong_co").exception, Usage)
    for path in ("moi.odcs.yaml", "nhanh/moi", "."):
        assert "there is no contract file" in str(ask("diff", "nnmt_ocop", path).exception)
    broken = ask("diff", "nnmt_ocop", contract)
    assert isinstance(broken.exception, Usage)
    assert "chu_the.options.encoding" in str(broken.exception)


def observed(tmp_path: Path, text: str, name: str = "columns.json") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def ocop_columns() -> dict[str, str]:
    dataset = CATALOGUE["nnmt_ocop"]
    types = {item.columns[0]: item.source_type for item in dataset.fields}
    return dict.fromkeys(dataset.source_columns, "int") | types


def test_a_source_as_agreed_passes_the_gate(tmp_path: Path) -> None:
    given = observed(tmp_path, json.dumps(ocop_columns()))
    answer = ask("gate", "nnmt_ocop", "--observed", given, "--json")
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["ok"], found["dataset"]) == (0, True, "nnmt_ocop")
    shape = {"field", "centre", "contract", "observed", "verdict", "who", "action"}
    assert all(shape <= row.keys() for row in found["rows"])


def test_a_vanished_column_is_exit_1_with_a_sentence_for_both_readers(tmp_path: Path) -> None:
    columns = ocop_columns()
    del columns["ma_sp"]
    rows = [{"name": name, "type": kind} for name, kind in columns.items()]
    answer = ask("gate", "nnmt_ocop", "--observed", observed(tmp_path, json.dumps(rows)))
    assert answer.exit_code == 1
    assert "Nguồn không còn cột ma_sp của trường bắt buộc “Mã sản phẩm”" in answer.stdout
    assert "the unit must give the source its column ma_sp back" in answer.stdout


@pytest.mark.parametrize("dataset", ["gddt_truong", "xd_van_tai_giay_phep", "bhxh_the_bhyt"])
def test_the_columns_of_files_and_messages_agree_with_their_contracts(dataset: str) -> None:
    answer = ask("gate", dataset, "--observed", SAMPLES, "--json")
    found = json.loads(answer.stdout)
    assert [row for row in found["rows"] if row["verdict"] != "agrees"] == []
    assert answer.exit_code == 0


def test_a_source_that_cannot_be_looked_at_is_unknown_and_exit_1(tmp_path: Path) -> None:
    for words in (("nnmt_ocop", "--home", tmp_path / "khong_co"), ("gddt_truong",)):
        answer = ask("gate", *words, "--json")
        found: dict[str, Any] = json.loads(answer.stdout)
        assert answer.exit_code == 1
        assert {row["verdict"] for row in found["rows"]} == {"unknown"}
        assert found["note"]
        assert found["note"] in answer.stderr
        assert "Traceback" not in answer.output


def test_a_file_of_columns_that_holds_none_is_wrong_usage(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", "a,b\n1,2\n", '"x"', "[1, null]"):
        given = observed(tmp_path, text)
        assert isinstance(ask("gate", "nnmt_ocop", "--observed", given).exception, Usage)
    assert isinstance(ask("gate", "nnmt_ocop", "--observed", tmp_path / "no").exception, Usage)


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("jsonschema", '{\n  "$schema"'),
        ("dictionary", "# Sản phẩm OCOP"),
        ("dictionary-html", "<!doctype html>"),
        ("asyncapi", "asyncapi: 3.0.0"),
        ("ddl", "create table"),
    ],
)
def test_every_derivation_is_shown(form: str, begins: str) -> None:
    answer = ask("show", "nnmt_ocop", "--as", form)
    assert answer.exit_code == 0
    assert answer.stdout.startswith(begins)
