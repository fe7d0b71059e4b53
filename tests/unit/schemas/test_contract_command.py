"""`suoi contract` answers in sentences, JSON and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.errors import Usage
from schemas.catalogue import CONTRACTS, read_catalogue
from suoi import contract
from suoi.contract import app, unstamped

OCOP = (CONTRACTS / "so_nnmt/nnmt_ocop.odcs.yaml").read_text("utf-8")


def ask(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_our_own_contracts_pass_their_own_check() -> None:
    answer = json.loads(ask("check", "--json").stdout)
    assert answer["ok"] is True
    assert "tp_khai_sinh" in answer["datasets"]
    assert answer["problems"] == []


def test_a_broken_contract_is_exit_1_and_a_sentence_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "a.odcs.yaml").write_text(OCOP.replace("tcvn3", "tcvn4"), "utf-8")
    answer = ask("check", "--directory", str(tmp_path))
    assert answer.exit_code == 1
    assert "a.odcs.yaml:" in answer.stderr
    assert "chu_the.options.encoding" in answer.stderr
    assert "Traceback" not in answer.output


def test_a_department_nobody_knows_is_named_with_what_to_do(tmp_path: Path) -> None:
    text = OCOP.replace("source, value: so_nnmt", "source, value: so_khac")
    (tmp_path / "a.odcs.yaml").write_text(text, "utf-8")
    answer = ask("check", "--directory", str(tmp_path))
    assert answer.exit_code == 1
    assert "nnmt_ocop: its source so_khac is not known" in answer.stderr
    assert "connectors/sources/so_khac.toml" in answer.stderr


def test_a_contract_changed_without_a_new_revision_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamps = {("nnmt_ocop", 1): "0" * 64}
    monkeypatch.setattr(contract, "read_stamps", lambda: stamps)
    said = "\n".join(unstamped(read_catalogue()))
    assert "nnmt_ocop: its contract, code lists or rules changed" in said
    assert "tp_khai_tu: revision 1 is new; add to schemas/fingerprints.csv" in said


def test_avro_and_ddl_are_shown() -> None:
    assert json.loads(ask("show", "nnmt_ocop", "--as", "avro").stdout)["name"] == "nnmt_ocop"
    assert json.loads(ask("show", "nnmt_ocop", "--as", "open").stdout)["namespace"].endswith("v1")
    assert ask("show", "nnmt_ocop").stdout.startswith("create table clean.nnmt_ocop")


def test_wrong_usage_is_a_usage_error_with_the_choice() -> None:
    assert isinstance(ask("show", "khong_co").exception, Usage)
    assert isinstance(ask("show", "tp_khai_tu", "--as", "open").exception, Usage)
    assert isinstance(ask("check", "--directory", "khong/co").exception, Usage)
    assert ask("show", "nnmt_ocop", "--as", "xlsx").exit_code == 2
