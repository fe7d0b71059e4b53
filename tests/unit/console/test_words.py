"""Two languages with the same sentences, and every sentence that is asked for is there."""

import re
import string
from pathlib import Path

import pytest

from suoi.console import words
from suoi.console.actions import ACTIONS
from suoi.console.pages import PAGES
from suoi.console.problems import LEVELS
from suoi.console.roles import Role
from suoi.console.words import LANGUAGES, read_words

HOUSE = Path(words.__file__).parent
VI, EN = (read_words(language).sentences for language in LANGUAGES)
_CALL = re.compile(r"""\b(?:t|words|query\.words)\(\s*"([a-z_.]+)"(?!\s*~)""")
_TITLE = re.compile(r"""Refusal\(\s*\d+, "([a-z_]+)\"""")
_FAULT = re.compile(r"""Fault\(\s*"([a-z_]+)\"""")


def texts() -> str:
    files = [*HOUSE.rglob("*.py"), *HOUSE.rglob("*.html")]
    return "\n".join(path.read_text("utf-8") for path in files)


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    assert list(VI) == list(EN)
    assert {key: gaps(text) for key, text in VI.items()} == {
        key: gaps(text) for key, text in EN.items()
    }


def test_no_sentence_is_empty_or_left_untranslated() -> None:
    same = {"en", "vi", "hop.raw", "component.kafka", "component.connect", "component.redis"}
    assert all(text.strip() for text in (*VI.values(), *EN.values()))
    assert {key for key in VI if VI[key] == EN[key]} <= same | {"board.of"}


def test_every_sentence_asked_for_by_name_is_there() -> None:
    text = texts()
    asked = set(_CALL.findall(text))
    asked |= {f"refusal.{code}" for code in _TITLE.findall(text)}
    asked |= {f"fault.{code}" for code in _FAULT.findall(text)}
    assert len(asked) > 150
    assert {key for key in asked if key not in VI} == set()


def test_every_page_action_role_and_level_has_its_words() -> None:
    wanted = {page.title for page in PAGES if page.title}
    wanted |= {f"level.{level}" for level in LEVELS} | {f"role.{role}" for role in Role}
    for action in ACTIONS:
        wanted |= {f"act.{action.name}.{part}" for part in ("title", "consequence", "button")}
        wanted.add(f"act.{action.name}.done_short")
    assert wanted - set(VI) == set()


def test_every_guard_that_refuses_has_a_sentence() -> None:
    rooms = (HOUSE.parents[1] / "connectors").rglob("*.py")
    guards = {
        guard
        for path in rooms
        for guard in re.findall(r'Refusal\(\s*"([a-z_]+)"', path.read_text("utf-8"))
    }
    assert len(guards) > 10
    assert {guard for guard in guards if f"problem.capture.{guard}" not in VI} == set()


@pytest.mark.parametrize("chosen", [None, "", "fr", "../../etc", "vi"])
def test_who_has_not_chosen_reads_vietnamese(chosen: str | None) -> None:
    assert words.words_of(chosen).language == "vi"
    assert words.words_of("en").language == "en"


def test_a_sentence_with_braces_in_its_facts_stays_as_it_is() -> None:
    assert read_words("en")("refusal.nothing", path="{x} {0}") == "There is no page “{x} {0}”."
