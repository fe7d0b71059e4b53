"""What is said of receipts, in Vietnamese for officers and in English for operators."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("sentences.csv")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One sentence in both languages, under a stable code."""

    code: str
    vi: str
    en: str


class Fault(Said):
    """Why something is refused."""


def say(code: str, **facts: object) -> Said:
    """Say the sentence *code* with the *facts* it names."""
    vi, en = _sentences()[code]
    return Said(code=code, vi=vi.format(**facts), en=en.format(**facts))


def fault(code: str, **facts: object) -> Fault:
    """Refuse with the sentence *code* and the *facts* it names."""
    said = say(code, **facts)
    return Fault(code=code, vi=said.vi, en=said.en)


def notice() -> dict[str, str]:
    """Return what every receipt says of itself, so that its reader knows what it proves."""
    said = say("notice")
    return {"en": said.en, "vi": said.vi}


@cache
def _sentences() -> dict[str, tuple[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (row["vi"], row["en"]) for row in csv.DictReader(lines)}
