"""Records of raw offsets that had a verdict before: judged again, or replayed out of quarantine.

Streams marks their clean, reject and open records with a header. They go where any record goes,
under the guard of the order key; they are never counted a second time (invariant 2).
"""

from consumers.batch import Record

HEADER = "suoi.again"


def is_again(record: Record) -> bool:
    """Whether the raw offset of *record* had a verdict before."""
    return record.headers.get(HEADER) == "1"
