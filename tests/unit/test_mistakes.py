"""A person's mistakes: one readable sentence on standard error, the right exit code, no remains.

Exit codes: 0 = yes, 1 = no or unhealthy, 2 = wrong usage (DESIGN.md 9).
"""

import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.errors import Fatal
from infra.local import programs
from schemas.catalogue import CONTRACTS
from suoi import command, contract

OCOP = (CONTRACTS / "so_nnmt" / "nnmt_ocop.odcs.yaml").read_text("utf-8")


class Answer(NamedTuple):
    """What a person sees of one command."""

    code: int
    out: str
    said: str


Ask = Callable[..., Answer]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """Type one command in an empty directory, where no stack was ever made."""
    monkeypatch.chdir(tmp_path)
    for name in ("SUOI_HOME", "SUOI_CONTRACTS", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def typed(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["suoi", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            command.main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        assert "did not expect" not in told.err
        return Answer(int(left.value.code or 0), told.out, told.err)

    return typed


def test_a_codec_that_was_not_compiled_is_named_with_what_makes_it(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.startswith("schemas.avro_code")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "schemas.avro_code.wire", None)
    monkeypatch.setitem(command.COMMANDS, "codec", "schemas.avro_code")
    answer = ask("codec")
    assert answer.code == 1
    assert answer.said == (
        "suoi: schemas.avro_code.wire is not installed here. Run `make setup`, then the command "
        "again.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "No such command 'nope'. `suoi --help`"),
        (("stauts",), "Did you mean 'status'?"),
        (("status", "--nope"), "No such option: --nope"),
        (("reject", "show", "abc"), "`suoi reject show --help` says what it takes"),
        (("validate",), "Missing argument"),
        (("run", "nope"), "no worker 'nope'; choose one of streams"),
        (("run", "watch", "--beside"), "watch works alone; only streams, province, quarantine,"),
        (("prepare", "nope"), "no part 'nope' to prepare; choose one of kafka"),
        (("migrate", "nope"), "phase must be pre, post or both, not 'nope'"),
        (("connector", "dba", "nope"), "no source 'nope'; there are"),
        (("contract", "show", "nope"), "no dataset 'nope'; known are bhxh_the_bhyt"),
        (("contract", "show", "tp_khai_sinh", "--as", "open"), "is not open by row"),
        (("reject", "list", "--status", "zzz"), "--status takes open"),
        (("demo", "--records", "3"), "--records takes 100"),
        (("reconcile", "nope"), "no dataset 'nope'; known are"),
        (("reconcile", "tp_khai_sinh", "--processes", "0"), "Invalid value for '--processes'"),
        (("dataset", "pause", "nope", "--reason", "x"), "no dataset 'nope'; known are nnmt_ocop"),
        (("dataset", "pause", "tp_khai_sinh"), "Missing option '--reason'"),
        (("dataset", "resume", "tp_khai_sinh", "--reason", " "), "a reason is one line"),
    ],
)
def test_wrong_words_are_exit_2_and_one_sentence(
    ask: Ask, words: tuple[str, ...], said: str
) -> None:
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.said
    assert answer.said.startswith("suoi: ")
    assert answer.said.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nope.jsonl", "No such file"),
        (".", "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_exit_2(ask: Ask, given: str, said: str) -> None:
    answer = ask("validate", "nnmt_ocop", given)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.said


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_a_commit_time_that_is_none_is_exit_2(ask: Ask, moment: str, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("{}")
    answer = ask("validate", "nnmt_ocop", "rows", "--as-of", moment)
    assert (answer.code, answer.out) == (2, "")
    assert f"--as-of {moment!r} is no" in answer.said


def test_an_empty_file_is_said_to_be_empty(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "rows").touch()
    answer = ask("validate", "nnmt_ocop", "rows")
    assert (answer.code, answer.out) == (0, "")
    assert "holds no record" in answer.said


def test_a_binary_file_is_judged_line_by_line(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(b"\x00\xff\xfe\n\x80{}\n")
    answer = ask("validate", "nnmt_ocop", "rows")
    assert answer.code == 1
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert [one["problems"][0]["code"] for one in found] == ["envelope.undecodable"] * 2


@pytest.mark.parametrize(
    "words",
    [
        ("env",),
        ("lag", "--json"),
        ("connector", "plan", "--json"),
        ("connector", "apply"),
        ("connector", "status", "--json"),
        ("reject", "list"),
        ("reject", "show", "1"),
        ("ledger", "check", "--json"),
        ("dataset", "list", "--json"),
        ("dataset", "pause", "tp_khai_sinh", "--reason", "x"),
        ("dataset", "resume", "tp_khai_sinh", "--reason", "x"),
        ("migrate",),
        *(("prepare", part) for part in ("kafka", "province", "departments", "registry")),
    ],
)
@pytest.mark.parametrize("kind", ["absent", "empty", "file"])
def test_without_a_stack_a_command_says_so_and_leaves_nothing(
    ask: Ask, tmp_path: Path, words: tuple[str, ...], kind: str
) -> None:
    home = tmp_path / "home"
    {"absent": lambda: None, "empty": home.mkdir, "file": home.touch}[kind]()
    before = sorted(tmp_path.rglob("*"))
    answer = ask(*words, "--home", home)
    assert (answer.code, answer.out) == (1, "")
    assert answer.said == (
        f"suoi: there is no stack in {home}; start one with `suoi up`, or name it with --home.\n"
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_status_answers_without_a_stack(ask: Ask, tmp_path: Path) -> None:
    answer = ask("status", "--json", "--home", tmp_path / "home")
    found = json.loads(answer.out)
    assert (answer.code, answer.said) == (1, "")
    assert found.keys() == {"healthy", "problems", "components", "datasets"}
    assert [one["where"] for one in found["problems"]] == ["stack"]
    assert found["problems"][0].keys() == {"what", "where", "since", "hint"}
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file_is_refused(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    answer = ask("up", "--detach", "--home", tmp_path / "home")
    assert answer.code == 1
    assert "cannot write" in answer.said
    assert "--home" in answer.said


def test_a_disk_that_is_full_is_one_sentence(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(contract, "derive", full)
    answer = ask("contract", "show", "nnmt_ocop")
    assert answer == Answer(
        1, "", "suoi: No space left on device. Correct that, then run the command again.\n"
    )


def test_a_person_who_stops_a_command_is_not_shown_its_inside(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(contract, "derive", stopped)
    assert ask("contract", "show", "nnmt_ocop").code == 130


@pytest.mark.parametrize("text", ["abc", "0", "70000", "", "12 3", "-1"])
def test_a_port_that_is_none_is_refused_before_anything_is_made(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("SUOI_PORT_KAFKA", text)
    answer = ask("up", "--home", tmp_path / "home", "--detach")
    assert answer.code == 2
    assert f"SUOI_PORT_KAFKA must be a port number, not {text!r}" in answer.said
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "",
        '{"kafka": "abc"}',
        '{"kafka": 0}',
        '{"kafka": 70000}',
        '{"kafka": true}',
        '{"kafka": 22000, "redis": 22000}',
    ],
)
def test_ports_that_are_none_are_refused_and_kept(ask: Ask, tmp_path: Path, text: str) -> None:
    kept = tmp_path / "ports.json"
    kept.write_text(text)
    answer = ask("doctor", "--home", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "ports.json" in answer.said
    assert kept.read_text() == text


@pytest.mark.parametrize("name", ["SUOI_PORTAL_PORT", "SUOI_COMMIT_S"])
def test_a_setting_that_is_no_number_is_exit_2(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "nhanh")
    answer = ask("validate", "nnmt_ocop", "rows")
    assert answer.code == 2
    assert f"{name} must be a number, not 'nhanh'" in answer.said


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of contracts in place of our own."""
    place = tmp_path / "contracts"
    place.mkdir()
    monkeypatch.setenv("SUOI_CONTRACTS", str(place))
    return place


BROKEN = "chu_the.options.encoding"


@pytest.mark.usefixtures("contracts")
@pytest.mark.parametrize(
    ("named", "said"), [("contracts", "no contract below contracts"), ("nowhere", "nowhere")]
)
@pytest.mark.parametrize("words", [("contract", "check"), ("validate", "x", "rows"), ("status",)])
def test_a_directory_without_contracts_is_exit_2(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], named: str, said: str
) -> None:
    monkeypatch.setenv("SUOI_CONTRACTS", named)
    answer = ask(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.said


def test_a_contract_with_an_error_is_named_wherever_its_dataset_is_asked_for(
    ask: Ask, contracts: Path, tmp_path: Path
) -> None:
    (contracts / "a.odcs.yaml").write_text(OCOP.replace("tcvn3", "tcvn4"), "utf-8")
    (tmp_path / "rows").write_text("{}")
    checked = ask("contract", "check")
    assert (checked.code, checked.out) == (1, "")
    assert BROKEN in checked.said
    assert "a.odcs.yaml:" in checked.said  # file and line
    judged = ask("validate", "nnmt_ocop", "rows")
    assert (judged.code, judged.out) == (2, "")
    assert BROKEN in judged.said
    assert ask("contract", "show", "nnmt_ocop").code == 2


def test_status_names_a_contract_that_cannot_be_read(  # Invariant 10
    ask: Ask, contracts: Path, tmp_path: Path
) -> None:
    (contracts / "a.odcs.yaml").write_text(OCOP.replace("tcvn3", "tcvn4"), "utf-8")
    answer = ask("status", "--json", "--home", tmp_path / "home")
    (_stack, found) = json.loads(answer.out)["problems"]
    assert answer.code == 1
    assert found["where"].endswith("a.odcs.yaml")
    assert BROKEN in found["what"]
    assert "contract check" in found["hint"]


def test_a_program_that_is_missing_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_SBIN", str(tmp_path))
    with pytest.raises(Fatal, match=r"Redis is not on this machine.*redis-server"):
        programs.redis()


def test_the_doctor_names_what_is_missing_and_what_to_do(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing() -> Path:
        message = "Redis is not on this machine; install the Debian package redis-server."
        raise Fatal(message)

    monkeypatch.setattr(programs, "redis", missing)
    answer = ask("doctor", "--json", "--home", tmp_path / "home")
    found = {one["what"]: one for one in json.loads(answer.out)["checks"]}
    assert (answer.code, answer.said) == (1, "")
    assert found["redis"]["ok"] is False
    assert "redis-server" in found["redis"]["hint"]


def test_the_doctor_sees_a_home_that_cannot_be_written(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    answer = ask("doctor", "--json", "--home", tmp_path / "home")
    found = {one["what"]: one for one in json.loads(answer.out)["checks"]}
    assert answer.code == 1
    assert "--home" in found["home"]["hint"]
