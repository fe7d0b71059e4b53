"""The heap of a worker: what is made at start is there for good, and is not looked through again.

Python's collector goes through every container it knows. A worker's contracts, code lists and
generated code are some hundred thousand of them, and never garbage; the records of a chunk are
garbage a moment later, by their reference counts alone.
"""

import gc

YOUNG = 200_000
"""New containers between two looks. Two of a sink's batches, 5,000 records of some ten containers
each, are there at a time; they are gone by their reference counts before that."""


def settle(young: int = YOUNG) -> None:
    """Set aside what is there now, and look less often; call it once, when all is made.

    *young*: new containers between two looks; more than a worker holds of records at any moment.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(young, 10, 10)
