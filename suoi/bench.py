"""`suoi bench WHAT`: the measurements that lie beside the code, side by side with their rivals.

They are programs of the repository, not of the package: an installation without them says so.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.errors import Fatal, Usage
from suoi.options import JsonOption

_ROOT = Path(__file__).parents[1]
WHAT = ("sink", "streams", "chain")


def bench(
    what: Annotated[str, typer.Argument(help="sink, streams, chain")],
    rounds: Annotated[int, typer.Option(help="Rounds that count.", min=1)] = 7,
    records: Annotated[int | None, typer.Option(help="Records of a round.", min=10)] = None,
    only: Annotated[str | None, typer.Option(help="Some of its figures, such as P1,P9.")] = None,
    json: JsonOption = False,
) -> int:
    """Measure; the rivals run in the same rounds. It takes from minutes to an hour."""
    if what not in WHAT:
        message = f"there is no bench {what!r}; choose one of {', '.join(WHAT)}."
        raise Usage(message)
    if only and what == "streams":
        message = "bench streams measures all of its figures at once; leave --only away."
        raise Usage(message)
    if not (_ROOT / "bench" / f"{what}.py").exists():
        message = (
            f"the benchmarks lie in the repository, beside the code, and not in {_ROOT}. "
            "Clone the repository and run `make setup` there, then ask its .venv/bin/suoi."
        )
        raise Fatal(message)
    words = ["--rounds", str(rounds)]
    words += ["--records", str(records)] if records else []
    words += ["--only", only] if only else []
    return _run(what, [*words, *(["--json"] if json else [])])


def _run(what: str, words: list[str]) -> int:
    """Run one of them where the repository lies; its answer is ours."""
    command = [sys.executable, "-m", f"bench.{what}", *words]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    code = subprocess.run(command, check=False, cwd=_ROOT, env=environ).returncode  # noqa: S603  ours
    if code not in (0, 2):
        message = f"bench {what} ended early ({code}); what stands above says where."
        raise Fatal(message)
    return code
