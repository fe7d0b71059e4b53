"""`suoi ledger check`: law 2, recomputed for every partition."""

from pathlib import Path
from typing import Any

import orjson
import typer

from consumers.ledger.conservation import OUTCOMES, Finding, first_failure, judge
from infra.errors import Transient
from suoi.figures import open_books
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

app = typer.Typer(help="The books: is every captured record accounted for?", no_args_is_help=True)
app.callback()(lambda: None)


@app.command()
def check(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Recompute captured = applied + superseded + replayed + quarantined + filtered + in flight.

    Exit 0 when it holds in every raw partition, 1 with the first hole when it does not.
    """
    answer = _judged(home)
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        _print(answer)
    if not answer["holds"]:
        raise typer.Exit(1)


def _judged(home: Path) -> dict[str, Any]:
    """The answer; what cannot be judged now does not hold, and says why (invariant 10)."""
    try:
        with open_books(home) as books:
            return document([judge(sample) for sample in books.samples()])
    except Transient as trouble:
        return {"holds": False, "first_hole": None, "reason": str(trouble), "partitions": []}


def document(findings: list[Finding]) -> dict[str, Any]:
    """The answer as JSON: whether law 2 holds, the first hole, and the sum of each partition."""
    failed = first_failure(findings)
    return {
        "holds": failed is None,
        "first_hole": None if failed is None else _hole(failed),
        "reason": None if failed is None else failed.reason,
        "partitions": [_sum(finding) for finding in findings],
    }


def _hole(finding: Finding) -> dict[str, Any]:
    return {
        "dataset": finding.sample.dataset,
        "topic": finding.sample.topic,
        "partition": finding.sample.partition,
        "offsets": list(finding.hole) if finding.hole else None,
        "reason": finding.reason,
    }


def _sum(finding: Finding) -> dict[str, Any]:
    sample = finding.sample
    return {
        "dataset": sample.dataset or None,
        "topic": sample.topic,
        "partition": sample.partition,
        "captured": sample.end,
        **{outcome: finding.ended(outcome) for outcome in OUTCOMES},
        "filtered": finding.verdicts.get("filtered", 0),
        "in_flight": finding.in_flight,
        "holds": finding.holds,
    }


def _print(answer: dict[str, Any]) -> None:
    for one in answer["partitions"]:
        parts = " + ".join(
            f"{one[name]} {name.replace('_', ' ')}"
            for name in (
                "applied",
                "superseded",
                "replayed",
                "quarantined",
                "filtered",
                "in_flight",
            )
        )
        mark = "=" if one["holds"] else "≠"
        typer.echo(f"{one['topic']} [{one['partition']}]: {one['captured']} {mark} {parts}")
    if answer["holds"]:
        typer.echo("Law 2 holds: every captured record is accounted for.")
    else:
        typer.echo(f"Law 2 does not hold: {answer['reason']}")
