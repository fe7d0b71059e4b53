"""The tree of errors, drawn once.

    Trouble           anything we say to a person: what happened, and what to do next
    ├── Transient     wait and try again; when patience ends, exit without committing
    ├── Fatal         stop and ask for a person
    │   ├── NotOwner  another process owns this partition's offset now
    │   ├── Unfit     a value given to a source's database is none of its column's type
    │   └── Refused   a database refused a row; whoever can tell which one, goes on without it
    └── Usage         the question was wrong: exit code 2

Bad data is never an exception; it is a Verdict.
"""


class Trouble(Exception):
    """Something a person must read: no traceback, one sentence, and the next step."""


class Transient(Trouble):
    """A part is away or slow; wait and try again."""


class Fatal(Trouble):
    """Going on could lose or spoil data; a person must act."""


class NotOwner(Fatal):
    """Another process has moved this partition's offset; this one rolls back and exits."""


class Unfit(Fatal):
    """A value given to a source's database is none of its column's type."""


class Refused(Fatal):
    """A database refused the value of a row, whatever else is tried: no fault of the statement."""


class Usage(Trouble):
    """The command was called with something it cannot take."""
