"""`suoi demo`: the whole chain in front of your eyes, with invented people."""

import json
import sys
from functools import partial
from typing import Annotated

import typer

from infra.errors import Usage
from suoi.demo.ending import say_where
from suoi.demo.play import Play, Wish
from suoi.demo.stage import bring_up, open_stage
from suoi.demo.table import Screen
from suoi.demo.words import Words
from suoi.figures import counts, datasets, open_books
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_FEWEST, _MOST = 100, 1_000_000
_FASTEST = 500.0


def demo(  # noqa: PLR0913  the options of a command line
    *,
    records: Annotated[
        int, typer.Option(help="Sample entries to load when there are none.")
    ] = 5000,
    seconds: Annotated[float, typer.Option(help="How long the clerks work live.")] = 8.0,
    rate: Annotated[float, typer.Option(help="Changes a second.")] = 40.0,
    seed: Annotated[int, typer.Option(help="The same seed invents the same people.")] = 2026,
    lang: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Start the stack, fill the sample departments, change rows live, and tell a short story."""
    words = Words(language=lang)
    wish = checked(Wish(records=records, seconds=seconds, rate=rate, seed=seed))
    place = home.absolute()
    with Screen(words, quiet=as_json) as screen:
        screen.say(words.say("stack"))
        bring_up(place)
        with open_books(place) as books, open_stage(place, partial(counts, books)) as stage:
            answer = Play(stage=stage, screen=screen, words=words, wish=wish).run()
            say_where(screen, words, stage)
    if as_json:
        answer |= {"datasets": datasets(place)}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1, default=str) + "\n")
    if not answer["ok"]:
        raise typer.Exit(1)


def checked(wish: Wish) -> Wish:
    """Return *wish* if it can be played.

    Raises:
        Usage: a number is out of bounds.
    """
    if not _FEWEST <= wish.records <= _MOST:
        message = f"--records takes {_FEWEST} to {_MOST}, not {wish.records}."
        raise Usage(message)
    if wish.seconds < 0 or not 0 < wish.rate <= _FASTEST:
        message = f"--seconds takes 0 or more, --rate more than 0 and at most {_FASTEST:g}."
        raise Usage(message)
    return wish
