"""Whether a source continues what it has shown before: pure, over what was seen then and now.

A source that was restored is behind: its mark (a number that the watch raises, and that its
database forgets when it is restored) is lower than one it has confirmed to us, its log ends before
where it ended, or it is another server. The mark is what no amount of later work makes up for:
only we raise it, and never over a source that has fallen behind.
"""

from collections.abc import Iterator

from connectors.guards import REGENERATE, Refusal
from schemas.vitals import Vitals


def falls_behind(before: Vitals, now: Vitals) -> Iterator[Refusal]:
    """Refuse a source that is not what it was, or not as far as it was (invariant 10)."""
    if now.server != before.server:
        said = f"this is another server ({now.server or '?'}, and it was {before.server or '?'})"
        yield Refusal("server", f"{said}; {REGENERATE}")
    if now.timeline != before.timeline:
        said = f"its log is on timeline {now.timeline}, and was on {before.timeline}"
        yield Refusal("timeline", f"{said}: it was restored or failed over; {REGENERATE}")
    if now.mark < before.mark:
        said = f"its mark is {now.mark}, and has been {before.mark}"
        yield Refusal("mark", f"{said}: its database was restored; {REGENERATE}")
    if now.log_end < before.log_end:
        said = f"its log ends at {now.log_end}, and has been at {before.log_end}"
        yield Refusal("log_end", f"{said}: it was restored, or its log was reset; {REGENERATE}")
