"""What streams notes beside a committed raw offset: the only memory it keeps (invariants 1, 2).

The note is the metadata of the commit in Kafka, so it moves with the offset or not at all. Below
`again` every raw offset had its verdict before: the partition was rewound. `rulesets` are the
revisions under which outputs beyond the commit may have been sent already.
"""

import msgspec


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """The note beside one committed offset; *rulesets* None = nobody has said."""

    again: int = 0
    rulesets: tuple[int, ...] | None = None
    rewound: str = ""
    """Id of the last rewind that was carried out (schemas.rewinds)."""


_decode = msgspec.json.Decoder(Mark).decode
_END = "\0"
"""librdkafka 2.x copies a note without the zero that ends it, and its Python client then reads what
lies behind it in memory (met in three runs of five). Ours brings its own zero."""


def encode(mark: Mark) -> str:
    """Write *mark* as the metadata of a commit; the empty text says nothing."""
    return "" if mark == Mark() else msgspec.json.encode(mark).decode() + _END


def decode(text: str | None) -> Mark:
    """Read the metadata of a commit; what is not ours says nothing."""
    note = (text or "").partition(_END)[0]
    try:
        return _decode(note) if note else Mark()
    except msgspec.MsgspecError:
        return Mark()


def decided(committed: int, mark: Mark) -> int:
    """Give the offset below which every record had its verdict, rewound or not."""
    return max(committed, mark.again)
