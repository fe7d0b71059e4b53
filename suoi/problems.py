"""What is wrong beyond the components: contracts, capture and books, as problems of `suoi status`.

A problem says what, where, since when (the moment it was looked at, where nobody knows better) and
what to do: {"what", "where", "since", "hint"}.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.errors import Trouble
from infra.local.home import Home
from infra.local.state import now_text
from schemas.catalogue import Catalogue
from schemas.control import BROKEN, STORM, VANISHED, Standing
from suoi.capture import statuses
from suoi.finding import behind_since
from suoi.law import compiled, unconnected
from suoi.topic_versions import versions

Problem = dict[str, str]

_CONTRACT = "correct it; `suoi contract check` says when it is right; then restart the stack"
_CAPTURE = "`suoi connector status` shows the capture of every source"
_PAUSED = "when that is settled, `suoi dataset resume {name} --reason …` lets it go on"
_VANISHED = (
    "agree with the department about its table; `suoi dataset resume {name} --reason …` goes on "
    "without the columns, and refuses each row that lacks them"
)
_UNJUDGED = "if its process runs, its log names what it waits for; nothing else waits for it"
_BROKEN = (
    "docs/runbooks/source-restored.md; `suoi source regenerate {source} --reason …` shows what it "
    "would do, and with --yes loads everything anew; the dataset then goes on by itself"
)
_STORM = (
    "`suoi reject list --dataset {name}` shows what is refused; once that is settled, "
    "`suoi dataset resume {name} --reason …` goes on where it stopped"
)
_HINTS = {VANISHED: _VANISHED, BROKEN: _BROKEN, STORM: _STORM}
_UNFILLED = "`suoi topic fill {name}` writes them there, while everything goes on"
_BEHIND = "`suoi lag` shows the hop that does not follow, `suoi connector status` a load under way"


def of_contracts(catalogue: Catalogue) -> Iterator[Problem]:
    """Name each contract that cannot be read, its dataset is held (invariant 10), or captured."""
    for path, error in catalogue.problems.items():
        faults = "; ".join(f"{path.name}:{fault}" for fault in error.faults)
        what = f"the contract cannot be read, its dataset is held: {faults}"
        yield problem(what, str(path), _CONTRACT, _changed(path))
    for dataset, sentence in unconnected(catalogue).items():  # Invariant 9
        yield problem(sentence, dataset, _CONTRACT)


def of_capture(home: Home, catalogue: Catalogue) -> Iterator[Problem]:
    """Name what keeps a source, or one dataset of it, from being captured."""
    for one in statuses(home, catalogue):
        for trouble in one.troubles:
            yield problem(trouble.sentence, trouble.dataset or one.source, _CAPTURE)


def of_pauses(catalogue: Catalogue, standings: Mapping[str, Standing]) -> Iterator[Problem]:
    """Name each dataset that stands still, by our own decision or a person's (invariant 10)."""
    for name, one in standings.items():
        if name in catalogue and one.paused:
            what = f"it is paused by {one.by}, its changes wait in Kafka: {one.cause.en}"
            hint = _HINTS.get(one.cause.code, _PAUSED)
            words = hint.format(name=name, source=catalogue[name].source)
            yield problem(what, name, words, one.since)


def of_books(catalogue: Catalogue, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Name each dataset that cannot be proved complete through any moment (invariant 9)."""
    for name, held in figures.items():
        if held["complete_through"] is None:
            yield _held(catalogue, name) or problem(
                "it is not known through which moment it is complete", name, _BEHIND
            )


def of_findings(home: Home) -> Iterator[Problem]:
    """Say whether rows wait to be judged by the rules that need other rows (invariant 9)."""
    since = behind_since(home)
    if since is not None:
        what = "what was written since then is not yet judged by the rules that need other rows"
        yield problem(what, "findings", _UNJUDGED, since.isoformat(timespec="milliseconds"))


def of_versions(home: Home, catalogue: Catalogue) -> Iterator[Problem]:
    """Name each dataset whose new topics do not hold every row yet (`suoi topic fill`)."""
    raised = {name: one for name, one in catalogue.items() if one.major > 1}
    for one in versions(home, raised) if raised else ():
        if one["lacking"]:
            what = f"{one['topic']} does not hold {one['lacking']} rows of the version before"
            yield problem(what, one["dataset"], _UNFILLED.format(name=one["dataset"]))


def problem(what: str, where: str, hint: str, since: str | None = None) -> Problem:
    """Make a problem as DESIGN.md 9 has it; without *since* it is seen now."""
    return {"what": what, "where": where, "since": since or now_text(), "hint": hint}


def _held(catalogue: Catalogue, name: str) -> Problem | None:
    """Say whether a dataset stands still because no judge can be made of it."""
    try:
        compiled(catalogue[name])
    except Trouble as error:
        return problem(f"it is held: {error}", name, _CONTRACT)
    return None


def _changed(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
