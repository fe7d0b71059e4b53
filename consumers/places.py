"""`_at`: where a row was last written in its clean topic, as text: partition, offset, version.

Version 1 is not named, "0:17"; a later one is, "0:17:v2". So a place in the version before never
passes for one in the version in force, and `suoi topic fill` finds the rows that one still lacks.
"""


def ending(major: int) -> str:
    """Return what ends each place in version *major*; empty for the first."""
    return "" if major == 1 else f":v{major}"
