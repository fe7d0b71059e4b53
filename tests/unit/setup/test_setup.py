"""The set-up: does its work once, says exactly what is missing, takes no jar it does not know."""

import io
import os
import re
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest

from infra.errors import Fatal, Usage
from infra.local import programs
from infra.setup import java, packages, python, stamps, steps

ROOT = Path(__file__).parents[3]


def test_a_step_is_fresh_until_its_inputs_or_outputs_change(tmp_path: Path) -> None:
    source, output, stamp = tmp_path / "in", tmp_path / "out", tmp_path / "stamps" / "step"
    source.write_text("one")
    output.touch()
    stamps.write(stamp, stamps.digest([source]))
    assert stamps.is_fresh(stamp, stamps.digest([source]), [output])
    source.write_text("two")
    assert not stamps.is_fresh(stamp, stamps.digest([source]), [output])
    source.write_text("one")
    output.unlink()
    assert not stamps.is_fresh(stamp, stamps.digest([source]), [output])


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A clone whose environment is made, with one source in Cython, compiled."""
    root = tmp_path / "clone"
    (root / "schemas").mkdir(parents=True)
    for name in ("constraints.txt", "pyproject.toml", "schemas/codec.pyx"):
        (root / name).write_text("one")
    python.compiled(root / "schemas" / "codec.pyx").touch()
    return root


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note the commands of the step; each one succeeds, and makes what it would make."""
    found: list[list[str]] = []

    def noted(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        found.append(command)
        if "venv" in command:
            programs_of = Path(command[-1]) / "bin"
            programs_of.mkdir(parents=True)
            (programs_of / "suoi").touch()
            (programs_of / "python").touch()
        return subprocess.CompletedProcess(command, 0, python.version())

    monkeypatch.setattr(subprocess, "run", noted)
    return found


def test_the_environment_is_made_once(ready: Path, run: list[list[str]]) -> None:
    assert python.install(ready)
    assert run
    run.clear()
    assert not python.install(ready)
    assert run == []


@pytest.mark.parametrize("change", ["another source", "no compiled module"])
def test_a_codec_that_is_not_compiled_is_compiled(
    change: str, ready: Path, run: list[list[str]]
) -> None:
    python.install(ready)
    run.clear()
    source = ready / "schemas" / "codec.pyx"
    if change == "another source":
        source.write_text("two")
    else:
        python.compiled(source).unlink()
    assert python.install(ready)
    assert any("-e" in command for command in run)


def test_what_builds_us_is_among_the_constraints() -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pinned = (ROOT / "constraints.txt").read_text().splitlines()
    for name in (re.split(r"[=<>]", need)[0] for need in needs):
        assert [line for line in pinned if line.startswith(f"{name}==")]


def test_every_source_in_cython_is_compiled_by_the_set_up() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["ext-modules"]
    known = {source for one in told for source in one["sources"]}
    assert known == {str(path.relative_to(ROOT)) for path in python.sources(ROOT)}
    assert {one["name"] for one in told} == {
        source.removesuffix(".pyx").replace("/", ".") for source in known
    }


def test_what_is_tested_was_compiled_from_what_is_written() -> None:
    for source in python.sources(ROOT):
        made = python.compiled(source)
        assert made.stat().st_mtime_ns >= source.stat().st_mtime_ns, "run `make setup`"


def test_without_root_the_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    needs = (("redis-server", lambda: False), ("maven", lambda: True))
    monkeypatch.setattr(packages, "NEEDS", needs)
    with pytest.raises(Usage, match=r"missing Debian packages: redis-server\. Install them"):
        packages.install(ROOT)


def test_with_everything_there_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "NEEDS", (("maven", lambda: True),))
    assert not packages.install(ROOT)


def test_a_java_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(programs, "_JVMS", tmp_path)
    with pytest.raises(Fatal, match=r"Java 17 or newer is not on this machine .*is 8"):
        programs.java()


def test_a_jar_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "java"
    (out / "broker").mkdir(parents=True)
    (out / "broker" / "a.jar").write_text("as published")
    pinned = tmp_path / "checksums.txt"
    pinned.write_text(java.checksums(out))
    java.verify(out, pinned)
    (out / "broker" / "a.jar").write_text("something else")
    with pytest.raises(Fatal, match=r"differ from .*broker/a\.jar"):
        java.verify(out, pinned)


def test_a_jar_nobody_pinned_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checksums.txt").write_text("")
    (tmp_path / "out" / "connect").mkdir(parents=True)
    (tmp_path / "out" / "connect" / "connect-file.jar").touch()
    with pytest.raises(Fatal, match="connect-file"):
        java.verify(tmp_path / "out", tmp_path / "checksums.txt")


def test_no_connector_that_reads_any_file_is_pinned() -> None:
    assert "connect-file" not in (ROOT / "infra/java/checksums.txt").read_text()


def test_constraints_name_no_registry_and_hash_every_package() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert not [line for line in lines if "://" in line or "index-url" in line]
    packages_named = [line for line in lines if "==" in line]
    assert packages_named
    assert all(line.endswith("\\") for line in packages_named)


def test_an_archive_is_unpacked_by_the_oldest_python_and_keeps_no_foreign_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Debian 12's Python is 3.11.2: tarfile knows filters from 3.11.4 on
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    monkeypatch.setattr(tarfile.TarFile, "extractall", None)
    (tmp_path / "archives").mkdir()
    with tarfile.open(tmp_path / "archives" / "debezium-connector-postgres.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("debezium/a.jar")
        member.uid = member.gid = 54321
        tar.addfile(member, io.BytesIO())
    java.unpack(tmp_path)
    unpacked = tmp_path / "plugins" / "postgres" / "debezium" / "a.jar"
    assert unpacked.stat().st_uid == os.geteuid()


@pytest.mark.parametrize(
    ("error", "answer", "sentence"),
    [
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (KeyboardInterrupt(), 130, "run this again"),
        (subprocess.CalledProcessError(1, ["mvn"]), 1, "mvn failed"),
    ],
)
def test_a_step_that_breaks_is_told_in_one_sentence(
    error: BaseException,
    answer: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_root: Path) -> bool:
        raise error

    monkeypatch.setattr(steps, "STEPS", (("a step", broken),))
    assert steps.main() == answer
    assert sentence in capsys.readouterr().err
