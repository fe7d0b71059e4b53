"""The console's sentences, Vietnamese first: a code and its facts become words here alone."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
"""The first is what a browser gets that has not chosen."""
COOKIE = "suoi_lang"
_FOLDER = Path(__file__).parent / "words"


class Words:
    """The sentences of one language."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        """Take the *sentences* of *language*, by their keys."""
        self.language, self.sentences = language, sentences

    def __call__(self, key: str, **facts: object) -> str:
        """Return the sentence *key*, its gaps filled with *facts*."""
        return self.sentences[key].format_map(facts) if facts else self.sentences[key]

    def best(self, *keys: str, **facts: object) -> str:
        """Return the first of *keys* there is a sentence for; the last is said as it is."""
        found = next((key for key in keys if key in self.sentences), None)
        return keys[-1] if found is None else self(found, **facts)


@cache
def read_words(language: str) -> Words:
    """Read the sentences of *language*."""
    text = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return Words(language, dict(_flat(tomllib.loads(text))))


def words_of(chosen: str | None) -> Words:
    """Return the words of the language somebody has *chosen*; ours where it is none."""
    return read_words(chosen if chosen in LANGUAGES else LANGUAGES[0])


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, str):
            yield key, value
        else:
            yield from _flat(value, f"{key}.")
