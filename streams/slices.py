"""Chunks: what was fetched of a partition, cut so that none is too large to be judged at once."""

from collections.abc import Iterator
from typing import Any

CHUNK_RECORDS = 1000
CHUNK_BYTES = 4 * 1024 * 1024


def sliced(records: list[Any]) -> Iterator[list[Any]]:
    """Cut *records* into chunks of at most CHUNK_RECORDS, and about CHUNK_BYTES."""
    chunk: list[Any] = []
    size = 0
    for record in records:
        if chunk and (len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(record)
        size += len(record.value or b"")
    if chunk:
        yield chunk
