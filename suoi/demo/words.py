"""What the demonstration says, in Vietnamese first and in English on request (words.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.errors import Usage

LANGUAGES = ("vi", "en")


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Read every sentence: name -> language -> words."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The sentences in one language."""

    language: str = "vi"

    def __post_init__(self) -> None:
        """Check the language.

        Raises:
            Usage: it is none of LANGUAGES.
        """
        if self.language not in LANGUAGES:
            message = f"--lang takes {' or '.join(LANGUAGES)}, not {self.language!r}."
            raise Usage(message)

    def say(self, name: str, **facts: object) -> str:
        """Return the sentence *name* with its facts filled in."""
        return sentences()[name][self.language].format(**facts)
