"""How the threads of one worker take turns with the interpreter."""

import sys

SWITCH_S = 0.0005


def take_short() -> None:
    """Let a thread that waits have the interpreter after half a millisecond, not after Python's 5.

    A worker has one thread that computes without a pause and one that waits for the network many
    times a batch. After each wait the second would wait again, for the first: a sink's writer for
    longer than for PostgreSQL, a stream worker's reader for longer than for the broker.
    """
    sys.setswitchinterval(SWITCH_S)
