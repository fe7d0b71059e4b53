"""`suoi why DATASET`: the first broken link on the way of its changes, with evidence."""

from suoi.why.command import why

__all__ = ["why"]
