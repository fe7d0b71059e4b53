"""Every contract passes the standard's own linter, `datacontract lint`, without any network."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest
from datacontract.data_contract import DataContract

from schemas.catalogue import CONTRACTS

FILES = sorted(CONTRACTS.rglob("*.odcs.yaml"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        message = "a lint asks nobody"
        raise OSError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)


def faults(path: Path) -> list[str]:
    """What the linter says against the contract at *path*."""
    run = DataContract(data_contract_file=str(path)).lint()
    return [
        f"{check.name}: {check.reason}" for check in run.checks or () if check.result != "passed"
    ]


@pytest.mark.parametrize("path", FILES, ids=[path.name.split(".")[0] for path in FILES])
def test_the_linter_of_the_standard_finds_nothing(path: Path) -> None:
    assert faults(path) == []


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    text = FILES[0].read_text("utf-8")
    broken = tmp_path / "broken.odcs.yaml"
    broken.write_text(text.replace("logicalType: string", "logicalType: chu", 1), "utf-8")
    assert faults(broken)
