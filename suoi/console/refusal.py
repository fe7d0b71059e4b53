"""A request that is not served: a status, a sentence, and one for each field that is wrong."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from suoi.console.words import Words

_NEAR = 3


class Fault(NamedTuple):
    """What is wrong with one field: a code of the words `fault.*`, and its facts."""

    code: str
    facts: Mapping[str, object] = {}

    def sentence(self, words: Words) -> str:
        """Say it."""
        return words(f"fault.{self.code}", **self.facts)


class Refusal(Exception):
    """Why a request is not served: a code of the words `refusal.*`, and its facts."""

    def __init__(
        self,
        status: int,
        code: str,
        faults: Mapping[str, Fault] | None = None,
        **facts: object,
    ) -> None:
        """Take the HTTP *status*; *faults* are those of single fields."""
        super().__init__(code)
        self.status, self.code, self.facts = status, code, facts
        self.faults = dict(faults or {})

    def sentence(self, words: Words) -> str:
        """Say it."""
        return words(f"refusal.{self.code}", **self.facts)

    def problem(self, words: Words) -> dict[str, Any]:
        """Return it as problem+json (RFC 9457), `errors` by field."""
        errors = [
            {"field": name, "detail": fault.sentence(words)} for name, fault in self.faults.items()
        ]
        return {
            "type": f"urn:suoi:console:{self.code}",
            "title": words("refusal.title"),
            "status": self.status,
            "detail": self.sentence(words),
            "errors": errors,
        }


def unknown(kind: str, name: str, known: Iterable[str]) -> Refusal:
    """Refuse the *name* of a *kind* there is none of; the nearest of those *known* are named."""
    listed = list(known)
    near = difflib.get_close_matches(name, listed, _NEAR, cutoff=0.4) or listed[:_NEAR]
    code = f"no_{kind}" if near else f"no_{kind}_at_all"
    return Refusal(404, code, name=name[:80], near=", ".join(near))
