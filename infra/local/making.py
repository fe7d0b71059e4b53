"""Making a server's data directory: whole or not at all, under the server's own account."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.errors import Fatal
from infra.local.accounts import give, run_as


@contextmanager
def whole(data: Path, account: str) -> Iterator[Path]:
    """Give an empty directory of *account* that becomes *data* once the block ended well.

    What a kill midway left behind is thrown away at the next try.
    """
    unfinished = data.with_name(f"{data.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give(unfinished, account)
    yield unfinished
    unfinished.rename(data)


def run_maker(
    command: Sequence[str], directory: Path, account: str | None = None, words: str = ""
) -> None:
    """Run one of a server's own tools as *account* (None: as ourselves).

    Secrets are among *words*, its input: none is ever an argument.

    Raises:
        Fatal: it failed; the message holds its last complaint.
    """
    done = subprocess.run(
        (*(run_as(account) if account else ()), *command),
        cwd=directory,
        input=words,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode or "ERROR:" in done.stderr:
        message = f"{Path(command[0]).name} could not make {directory}: {_complaint(said)}"
        raise Fatal(message)


def _complaint(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    marked = [line for line in lines if any(word in line.lower() for word in ("error", "fatal"))]
    return (marked or lines or ["it said nothing"])[-1]
