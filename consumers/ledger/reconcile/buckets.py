"""Sums over buckets of keys: two sides with equal sums hold the same rows, without listing one.

A row is 60 bits of its key's SHA-256 (the first ten name the bucket) combined with 60 bits of its
`_hash`; the province computes the same in SQL (infra/sql/reconcile.sql). Eight bytes a row are
kept, so that a bucket that differs can be looked into without reading the source again.
"""

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

BUCKETS = 1024
_SHIFT = 50
_DIGITS = 15


class Sum(NamedTuple):
    """How many rows a bucket holds, and the sum of their fingerprints."""

    rows: int
    total: int


def key_hash(key: str) -> str:
    """Return the SHA-256 of `_key`, hex: what lists show in its place (invariant 6)."""
    return hashlib.sha256(key.encode()).hexdigest()


def place_of(key: str, row_hash: str) -> tuple[int, int]:
    """Return (bucket, fingerprint) of the row *key* whose `_hash` is *row_hash*."""
    mark = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 4
    return mark >> _SHIFT, mark ^ int(row_hash[:_DIGITS], 16)


class Buckets:
    """The fingerprints of one side, by bucket."""

    def __init__(self) -> None:
        """Begin with no row."""
        self.held = [array("Q") for _ in range(BUCKETS)]

    def add(self, key: str, row_hash: str) -> None:
        """Enter one row."""
        bucket, fingerprint = place_of(key, row_hash)
        self.held[bucket].append(fingerprint)

    def join(self, other: "Buckets") -> None:
        """Enter all rows of *other*."""
        for mine, theirs in zip(self.held, other.held, strict=True):
            mine.extend(theirs)

    def differing(self, sums: Mapping[int, Sum]) -> list[int]:
        """Return the buckets whose sums are not those of the other side."""
        return [
            number
            for number, held in enumerate(self.held)
            if Sum(len(held), sum(held)) != sums.get(number, Sum(0, 0))
        ]

    def strangers(self, rows: Iterable[tuple[str, str]]) -> list[str]:
        """Return the keys of those *rows* (key, `_hash`) of the other side that are not here."""
        known: dict[int, set[int]] = {}
        found = []
        for key, row_hash in rows:
            bucket, fingerprint = place_of(key, row_hash)
            if bucket not in known:
                known[bucket] = set(self.held[bucket])
            if fingerprint not in known[bucket]:
                found.append(key)
        return found
