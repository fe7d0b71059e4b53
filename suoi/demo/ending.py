"""The last lines: where things are, and what to type next."""

from pathlib import Path

from suoi.demo.stage import Stage
from suoi.demo.table import Screen
from suoi.demo.words import Words
from suoi.options import DEFAULT_HOME

_COMMAND = ".venv/bin/suoi"
_NEXT = ("status", "reject", "lag", "ledger", "down")


def command(home: Path) -> str:
    """Return how to call `suoi` for the stack at *home* from here."""
    return _COMMAND if home == DEFAULT_HOME.absolute() else f"SUOI_HOME={home} {_COMMAND}"


def say_where(screen: Screen, words: Words, stage: Stage) -> None:
    """Say where the parts are and which commands show more; no secret is printed."""
    screen.say("")
    screen.say(words.say("where"))
    screen.say(f"  {words.say('portal', url=stage.portal.url)}")
    screen.say(f"  {words.say('logs', path=stage.home / 'logs')}")
    screen.say(f"  {words.say('psql', suoi=command(stage.home))}")
    screen.say(words.say("next"))
    for name in _NEXT:
        screen.say(f"  {words.say(f'next_{name}', suoi=command(stage.home))}")
