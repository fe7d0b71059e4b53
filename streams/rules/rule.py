"""What a rule over several fields is, and the comparisons that many rules share."""

from collections.abc import Callable
from typing import Any, NamedTuple

DATE_ORDER = "rule.date_order"
ACTIVE = "rule.active_after_expiry"


class Rule(NamedTuple):
    """One way in which a record of *dataset* contradicts itself."""

    dataset: str
    reason: str
    field: str
    """The field it is reported on."""
    inputs: tuple[str, ...]
    broken: Callable[..., Any]
    """The inputs -> whether there is a problem; with *reads_lists*, CodeLists -> that function."""
    words: str
    """What was expected, in Vietnamese."""
    reads_null: bool = False
    """Judged with null inputs too; any other rule is silent then."""
    reads_lists: bool = False


def after(first: int, second: int) -> bool:
    """Whether *first* is later."""
    return first > second


def before(first: int, second: int) -> bool:
    """Whether *first* is earlier."""
    return first < second


def same(first: str, second: str) -> bool:
    """Whether both are one text."""
    return first == second


def active_after_expiry(status: str, expires: int, event_day: int) -> bool:
    """Whether what has run out is still called valid."""
    return status == "hieu_luc" and expires < event_day
