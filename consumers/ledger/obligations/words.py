"""The closed words of the book: statuses, causes and kinds of entries.

Statuses and causes are the codes of codes/obligation_status.csv and codes/delay_cause.csv.
"""

from enum import StrEnum

WHOLE = "*"
"""The scope of a duty that is one for the whole dataset, not for each commune."""
UNASSIGNED = "unassigned"
"""The scope under which the ledger counts rows whose commune could not be resolved."""


class Status(StrEnum):
    """How a duty stands."""

    PENDING = "PENDING"
    MET_CHANGED = "MET_CHANGED"
    MET_NO_CHANGE = "MET_NO_CHANGE"
    MET_NIL_ATTESTED = "MET_NIL_ATTESTED"
    PARTIAL = "PARTIAL"
    LATE = "LATE"
    MISSED = "MISSED"
    BLOCKED = "BLOCKED"
    EXEMPT = "EXEMPT"

    @property
    def met(self) -> bool:
        """Whether the duty was met by its cut-off."""
        return self in {Status.MET_CHANGED, Status.MET_NO_CHANGE, Status.MET_NIL_ATTESTED}

    @property
    def asks_why(self) -> bool:
        """Whether such a status is given a cause of delay."""
        return not self.met and self is not Status.EXEMPT


class Cause(StrEnum):
    """Why a duty is late, in the order of the decision table."""

    BLOCKED_MINISTRY = "BLOCKED_MINISTRY"
    TECHNICAL = "TECHNICAL"
    VOLUME = "VOLUME"
    STRUCTURE_NOT_UNIFIED = "STRUCTURE_NOT_UNIFIED"
    UNIT_NOT_UPDATED = "UNIT_NOT_UPDATED"
    MISSING_MANDATORY = "MISSING_MANDATORY"
    NOT_STANDARDISED = "NOT_STANDARDISED"

    @property
    def ours(self) -> bool:
        """Whether it is the province's platform that must act, so that no unit is late by it."""
        return self in {Cause.TECHNICAL, Cause.VOLUME}


class Kind(StrEnum):
    """What an entry of the book is."""

    OPENED = "opened"
    """At its cut-off the duty stood in the book, with what it would be judged by."""
    ALERT = "alert"
    """Two hours after the cut-off it was still pending; the cause as it was seen then."""
    VERDICT = "verdict"
    """How it ended; one for each duty, for good."""
    CORRECTION = "correction"
    """Another status in the place of an entry that it names, by a person."""
    OVERRIDE = "override"
    """Another cause beside the one computed, by a person."""
