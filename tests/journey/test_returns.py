"""A province that comes back as it was, a disk that fills, a log that forgot what was not yet read.

Each stops parts of the stack for a while; the supervisor is held still meanwhile.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.canary import open_reader
from support.halting import end, halted
from support.loading import Load, NoLoad
from support.proof import Sampler, held, prove
from support.raw_topics import cut_short
from support.registers import Clerk
from support.stack import Stack
from support.waiting import until
from support.wired import WiredStack, wired_stack
from support.witness import Witness

from infra import kafka_reader
from infra.local.home import Home

FREE_MB = 250
"""What the small disk has beside the cluster as it is: room for its log, and to be filled."""


def data(stack: Stack) -> Path:
    """Where the province's cluster keeps its files."""
    return Home(stack.home).server_data("province", "postgres")


@contextmanager
def province_down(stack: Stack, chosen: signal.Signals = signal.SIGINT) -> Iterator[Path]:
    """The province stopped, by default as a person would; back, and ready, after the block."""
    with halted(stack):
        struck = end(stack, "province", chosen)
        yield data(stack)
    stack.wait_restarted("province", struck, 120)


def test_a_province_restored_from_an_earlier_day_closes_the_gap_by_itself(
    stack: Stack, witness: Witness, clerk: Clerk, beside: Load | NoLoad
) -> None:
    until(lambda: clerk.changes > 50)
    with province_down(stack) as place:
        backup = place.with_name("province.backup")
        assert _run("cp", "-a", str(place), str(backup))
    busy = clerk.changes
    until(lambda: clerk.changes > busy + 300)  # the days between the backup and the loss
    clerk.stop()
    prove(stack, witness, seconds=90)
    before = held(stack, "ho_tich.khai_sinh")
    beside.begin()
    with province_down(stack, signal.SIGQUIT) as place:
        shutil.rmtree(place)
        backup.rename(place)
    later = Clerk(stack.justice_dsn, 7)
    later.start()
    began = time.monotonic()
    until(lambda: later.changes > 20)
    beside.finish()
    later.stop()
    prove(stack, witness, seconds=120)  # from Kafka: the ledger's offsets went back with the rows
    assert before.keys() & held(stack, "ho_tich.khai_sinh").keys()
    print(f"closed {time.monotonic() - began:.1f} s after it was back")  # noqa: T201


def _run(*command: str) -> bool:
    """Run a tool of the system; whether it did what it was asked."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextmanager
def small_disk(stack: Stack) -> Iterator[Path]:
    """The province's cluster on a small file system of its own; moved back afterwards."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount the small file system that this fault fills")
    image, kept = stack.home / "disk.img", data(stack).with_name("province.kept")
    with image.open("wb") as file:
        file.truncate(_size(data(stack)) + FREE_MB * 2**20)
    if not _run("mkfs.ext4", "-q", "-m", "0", str(image)):
        pytest.skip("mkfs.ext4 is not on this machine (Debian package e2fsprogs)")
    with province_down(stack) as place:
        place.rename(kept)
        place.mkdir(mode=0o700)
        mounted = _run("mount", "-o", "loop", str(image), str(place))
        if mounted:
            _refill(kept, place)
        else:
            place.rmdir()
            kept.rename(place)
    if not mounted:
        pytest.skip("mount is refused here, so no disk can be filled")
    try:
        yield place
    finally:
        with province_down(stack) as place:
            assert _run("cp", "-a", f"{place}/.", str(kept))
            assert _run("umount", str(place))
            place.rmdir()
            kept.rename(place)


def _size(place: Path) -> int:
    """Bytes of the files below *place*; those that vanish meanwhile are left out."""
    found = subprocess.run(
        ["du", "-sb", str(place)],  # noqa: S607  of coreutils
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return int(found.stdout.split()[0])


def _refill(kept: Path, place: Path) -> None:
    """Copy the cluster onto the small disk; the old files are taken away."""
    assert _run("cp", "-a", f"{kept}/.", str(place))
    shutil.rmtree(place / "lost+found", ignore_errors=True)
    shutil.chown(place, "postgres", "postgres")
    place.chmod(0o700)
    shutil.rmtree(kept)
    kept.mkdir(mode=0o700)
    shutil.chown(kept, "postgres", "postgres")


@pytest.mark.chaos
def test_a_full_disk_under_the_province_is_waited_out(
    stack: Stack,
    witness: Witness,
    clerk: Clerk,
    sampler: Sampler,
    beside: Load | NoLoad,
) -> None:
    log = Home(stack.home).logs / "province.log"
    with small_disk(stack) as place:
        before = log.stat().st_size
        ballast = place / "ballast"
        beside.begin()
        _fill(ballast)
        until(lambda: "No space left" in log.read_text(errors="replace")[before:], 90)
        ballast.unlink()
        began = time.monotonic()
        beside.finish()
        clerk.stop()
        prove(stack, witness, seconds=180)
        print(f"proved {time.monotonic() - began:.1f} s after there was space")  # noqa: T201
        sampler.stop()


def _fill(ballast: Path) -> None:
    block = b"\0" * 2**20
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError:
            return


@pytest.fixture(scope="module")
def doomed() -> Iterator[WiredStack]:
    """A stack that may be spoilt: what retention took from it is gone for good."""
    with wired_stack() as running:
        yield running


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("component", "topic"),
    [
        ("quarantine_sink", "reject.tp_khai_sinh"),  # what is compacted, as clean is, is never cut
        ("streams", "raw.so_tu_phap.ho_tich.khai_sinh"),
    ],
)
def test_what_retention_took_from_an_idle_consumer_is_held_not_skipped(
    doomed: WiredStack, component: str, topic: str
) -> None:
    clerk = Clerk(doomed.justice_dsn, 3)
    clerk.start()
    until(lambda: len(held(doomed, "ho_tich.khai_sinh")) > 5, 60)
    with halted(doomed):
        end(doomed, component)
        before = _end(doomed, topic)
        until(lambda: _end(doomed, topic) > before + 10, 60)
        cut_short(doomed, topic)
    until(lambda: _told(doomed, component), 90)  # Invariant 10: said, and said where
    clerk.stop()


def _end(stack: Stack, topic: str) -> int:
    reader = open_reader(stack)
    places = kafka_reader.partitions(reader, topic)
    found = sum(kafka_reader.bounds(reader, place)[1] for place in places)
    reader.close()
    return found


def _told(stack: Stack, component: str) -> bool:
    """Streams holds the dataset and says how it goes on; a sink says what is gone and leaves."""
    found = stack.json("status", check=False)
    if component == "streams":
        return any("dataset resume tp_khai_sinh" in one["hint"] for one in found["problems"])
    log = (Home(stack.home).logs / f"{component}.log").read_text(errors="replace")
    return not found["healthy"] and "no longer exists" in log
