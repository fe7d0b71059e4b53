"""`_at`: where a row was last written in its clean topic, as text: partition, offset, version.

Version 1 is not named, "0:17"; a later one is, "0:17:v2". So a place in the version before never
passes for one in the version in force, and `suoi topic fill` finds the rows that one still lacks.
"""

from typing import Final

NOWHERE: Final = "-1:-1"


def ending(major: int) -> str:
    """Return what ends each place in version *major*; empty for the first."""
    return "" if major == 1 else f":v{major}"


def place_in(at: str | None, major: int) -> str:
    """Give "partition:offset" of *at* where it lies in version *major*; NOWHERE otherwise."""
    if at is None:
        return NOWHERE
    partition, offset, *version = at.split(":")
    named = int(version[0].removeprefix("v")) if version else 1
    return f"{partition}:{offset}" if named == major else NOWHERE
