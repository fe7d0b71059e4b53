"""`suoi lag`: how far behind each hop of each dataset is, whether it grows, when it will be clear.

Honest when idle and when stuck: a hop in which nothing waits is 0 behind only where that is proved,
what is stuck gets older, and what cannot be asked is unknown (null). The sentinel's samples tell
the trend; without them two looks of our own do.
"""

import time
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from infra.lag.history import History, history_file, read_history
from infra.lag.sample import Hop, Sample
from infra.lag.trend import clears_in_s, trend_of
from infra.lag.window import state_of
from infra.local.home import Home
from suoi.law import read_captured
from suoi.meter import Meter, open_meter
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_APART_S = 1.0
"""Time between the two looks a trend is taken from where no sentinel has looked before."""
FRESH_S = 60.0
"""Samples older than this are no part of one window with ours."""


def lag(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Show the lag of every dataset, hop by hop; exit 1 where Kafka cannot be asked."""
    place = Home(home)
    with open_meter(place, read_captured()) as meter:
        history = measured(place, meter)
        silent = dict(meter.silent)
    answer = document(history)
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        Console().print(_table(answer))
    for part, sentence in silent.items():
        typer.echo(f"suoi: {part}: {sentence} What depends on it is unknown.", err=True)
    raise typer.Exit(1 if "kafka" in silent else 0)


def measured(home: Home, meter: Meter) -> History:
    """Give the sentinel's samples and one of now; where there are none, two of our own."""
    history = read_history(history_file(home.run))
    if not history.fresh(time.time(), FRESH_S):
        history = History()
        _add(history, meter)
        time.sleep(_APART_S)
    _add(history, meter)
    return history


def _add(history: History, meter: Meter) -> None:
    look = meter.look()
    history.add(look.hops, look.workers, look.scene.at)


def document(history: History) -> dict[str, dict[str, Any]]:
    """Answer of `suoi lag --json`: dataset -> hop -> what `entry` says of it."""
    return {
        dataset: {hop.value: entry(hops[hop]) for hop in Hop if hop in hops}
        for dataset, hops in history.hops.items()
    }


def entry(samples: list[Sample]) -> dict[str, Any]:
    """One hop: *seconds* and *messages* behind, null = unknown; the state in Burrow's words."""
    newest = samples[-1]
    clears = clears_in_s(samples)
    return {
        "seconds": newest.seconds,
        "messages": newest.messages,
        "trend": trend_of(samples).value,
        "clears_in_seconds": None if clears is None else round(clears, 1),
        "state": state_of(samples, newest.at).value,
    }


def _table(answer: dict[str, dict[str, Any]]) -> Table:
    table = Table("dataset", *(hop.replace("_", " ") for hop in Hop), title="lag")
    for dataset, hops in answer.items():
        table.add_row(dataset, *(_cell(hops.get(hop)) for hop in Hop))
    return table


def _cell(hop: dict[str, Any] | None) -> str:
    if hop is None:
        return "–"
    seconds = "unknown" if hop["seconds"] is None else f"{hop['seconds']:.1f} s"
    if hop["messages"] is None:
        return f"{seconds} ({hop['trend']})"
    words = [hop["trend"], *([] if hop["state"] in {"OK", "unknown"} else [hop["state"]])]
    if hop["clears_in_seconds"]:
        words.append(f"clear in {hop['clears_in_seconds']:.0f} s")
    return f"{seconds}, {hop['messages']} ({', '.join(words)})"
