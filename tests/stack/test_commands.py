"""Every command against the running stack: its document on standard output and nothing else there.

The words, exit codes and shapes are fixed (DESIGN.md 9): outside checks rely on them.
"""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from support.stack import Stack

from infra.local.departments import DEPARTMENTS

COMPONENT = {"state", "pid", "since", "restarts"}
DATASET = {
    "captured",
    "clean",
    "reject",
    "filtered",
    "applied",
    "superseded",
    "replayed",
    "quarantined",
    "open",
    "lag_seconds",
    "complete_through",
}
PROBLEM = {"what", "where", "since", "hint"}


def document(stack: Stack, *words: str) -> Any:  # noqa: ANN401  a JSON document
    """Ask with --json: one document, one line of it, and a silent standard error."""
    done = stack.suoi(*words, "--json", check=False)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_status_tells_components_problems_and_datasets(stack: Stack) -> None:
    done = stack.suoi("status", "--json", check=False)
    found = json.loads(done.stdout)
    assert found.keys() == {"healthy", "problems", "components", "datasets"}
    assert found["healthy"] is (found["problems"] == []) is (done.returncode == 0)
    assert all(one.keys() == PROBLEM for one in found["problems"])
    assert all(one.keys() == COMPONENT for one in found["components"].values())
    assert all(one.keys() == DATASET for one in found["datasets"].values())
    assert {"tp_khai_sinh", "nnmt_ocop"} <= found["datasets"].keys()
    said = stack.suoi("status", check=False).stdout
    assert "healthy" in said.splitlines()[-1]
    assert "captured = " in said


def test_status_names_what_is_wrong_with_contract_and_capture(
    stack: Stack, lost_source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = lost_source / "contracts"
    shutil.copytree(stack.contracts, contracts)
    broken = contracts / "broken.odcs.yaml"
    broken.write_text("a: [", "utf-8")
    monkeypatch.setattr(stack, "contracts", contracts)
    done = stack.suoi("status", "--json", "--home", str(lost_source), check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert all(one.keys() == PROBLEM for one in found["problems"])
    where = {one["where"]: one["what"] for one in found["problems"]}
    assert "broken.odcs.yaml:" in where[str(broken)]
    assert "cannot be reached" in where["so_tu_phap"]


def test_a_source_that_cannot_be_reached_hides_no_other(stack: Stack, lost_source: Path) -> None:
    words = ("connector", "status", "--json", "--home", str(lost_source))
    done = stack.suoi(*words, check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert found["so_nnmt"]["connector"] != "UNKNOWN"
    assert found["so_tu_phap"]["connector"] == "UNKNOWN"
    (problem,) = found["so_tu_phap"]["problems"]
    assert problem["guard"] == "reach"
    refused = stack.suoi("connector", "plan", "--home", str(lost_source), check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "so_tu_phap at 127.0.0.1:" in refused.stderr
    doctor = stack.suoi("doctor", "--json", "--home", str(lost_source), check=False)
    assert (doctor.returncode, json.loads(doctor.stdout)["fit"]) == (1, False)


def test_env_leads_into_every_part(stack: Stack) -> None:
    found = document(stack, "env")
    parts = {"province", "sources", "kafka", "registry", "redis", "connect", "portal", "console"}
    assert found.keys() == parts
    assert found["connect"].keys() == {"url", "user", "password"}
    assert {one["engine"] for one in found["sources"].values()} == {"postgresql", "mariadb"}
    with psycopg.connect(found["province"]["dsn"]) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert (stack.home / "env.json").stat().st_mode & 0o077 == 0


def test_lag_tells_each_hop_of_each_dataset(stack: Stack) -> None:
    found = document(stack, "lag")
    hops = {"commit_to_raw", "raw_to_verdict", "verdict_to_applied"}
    assert hops == found["tp_khai_sinh"].keys()
    assert hops | {"applied_to_portal"} == found["nnmt_ocop"].keys()
    assert all(
        hop.keys() == {"seconds", "messages", "trend", "clears_in_seconds", "state"}
        for dataset in found.values()
        for hop in dataset.values()
    )


def test_connector_answers_by_source(stack: Stack) -> None:
    steps = {"connector", "action", "changes", "refusals"}
    assert all(step.keys() == steps for step in document(stack, "connector", "plan"))
    found = document(stack, "connector", "status")
    assert set(DEPARTMENTS) == found.keys()
    assert all({"healthy", "problems", "loads"} <= one.keys() for one in found.values())


def test_quarantine_and_books_answer_in_one_document(stack: Stack) -> None:
    assert isinstance(document(stack, "reject", "list"), list)
    held = document(stack, "ledger", "check")
    assert {"holds", "first_hole", "partitions"} <= held.keys()
    doctor = document(stack, "doctor")
    assert doctor.keys() == {"fit", "checks"}
    unknown = stack.suoi("reject", "show", "999999999", check=False)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no quarantine item" in unknown.stderr


def test_what_is_done_already_may_be_asked_for_again(stack: Stack) -> None:
    supervisor = json.loads((stack.home / "run" / "state.json").read_text())["supervisor"]["pid"]
    again = stack.suoi("up", "--detach")
    assert "runs already" in again.stderr
    assert again.stdout == ""
    stack.suoi("migrate")
    assert "nothing to migrate" in stack.suoi("migrate").stderr
    state = json.loads((stack.home / "run" / "state.json").read_text())
    assert state["supervisor"]["pid"] == supervisor


@pytest.fixture
def lost_source(stack: Stack, tmp_path: Path) -> Iterator[Path]:
    """The same stack seen from a home whose port of so_tu_phap leads nowhere."""
    home = tmp_path / "home"
    for part in ("secrets", "tls", "run"):
        shutil.copytree(stack.home / part, home / part)
    ports = json.loads((stack.home / "ports.json").read_text())
    with socket.socket() as nobody:  # bound, and never listening
        nobody.bind(("127.0.0.1", 0))
        ports["so_tu_phap"] = nobody.getsockname()[1]
        (home / "ports.json").write_text(json.dumps(ports))
        yield home
