"""What the judges of the links ask of an observation, again and again."""

from connectors.guards import Refusal
from suoi.why.chain import Answer, Link, Observation


def ill(seen: Observation, name: str) -> str:
    """Say what is wrong with the process *name*; empty where nothing is, or nobody here knows."""
    part = seen.parts.get(name)
    if part is None:
        return ""
    if part.frozen:
        return "is frozen: its process is stopped by a signal (SIGSTOP)"
    if part.state not in {"ready", "done"}:
        return f"is {part.state}" + (f": {part.problem}" if part.problem else "")
    return ""


def away(seen: Observation, who: str, said: tuple[Link, str, str], part: str = "") -> Answer | None:
    """Answer *said* (link, what, next step) where *who* does not answer; None where it does.

    *part* is the name of its process, where that is not *who*.
    """
    found = {"said": seen.silent.get(who, ""), "process": ill(seen, part or who)}
    evidence = {name: words for name, words in found.items() if words}
    if who not in seen.silent and not evidence:
        return None
    link, what, step = said
    return Answer(link=link, code=f"{who}.away", what=what, next_step=step, evidence=evidence)


def refusal(seen: Observation, *guards: str) -> Refusal | None:
    """Find the first refusal of *guards* that concerns this dataset or its whole source."""
    for one in seen.capture.problems if seen.capture else ():
        if one.guard in guards and one.dataset in {"", seen.dataset.id}:
            return one
    return None
