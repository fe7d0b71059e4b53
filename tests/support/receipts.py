"""Receipts for the tests: keys, bodies of an invented unit, chains of them."""

from datetime import date
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consumers.ledger.receipts.document import (
    KIND,
    VERSION,
    Account,
    Body,
    Count,
    Lines,
    Link,
    Window,
    key_id,
    sha256,
    sign,
)
from consumers.ledger.receipts.window import instant, window
from consumers.ledger.receipts.words import notice

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
UNIT = "so_nnmt"
DAY = date(2026, 3, 11)
NO_LINES = Lines(lines=0, rulesets=(), sha256=sha256(b""))


def body(sequence: int = 1, day: date = DAY, **facts: Any) -> Body:  # noqa: ANN401  any field
    """One body that contradicts nothing; *facts* replace its fields."""
    span = window(day)
    through = instant(span.through)
    account = Account(
        dataset="nnmt_ocop",
        ruleset=1,
        complete=True,
        complete_through=through,
        counts=(Count(op="u", outcome="applied", records=41 + sequence),),
        refused=NO_LINES,
        stored=Lines(lines=1, rulesets=(1,), sha256=sha256(b"one line\n")),
    )
    made = Body(
        kind=KIND,
        version=VERSION,
        unit=UNIT,
        sequence=sequence,
        previous=None if sequence == 1 else "0" * 64,
        corrects=None,
        day=day.isoformat(),
        window=Window(after=instant(span.after), through=through),
        generated_at=through,
        key=key_id(KEY.public_key()),
        notice=notice(),
        datasets=(account,),
    )
    return msgspec.structs.replace(made, **facts)


def chain(*days: date, key: Ed25519PrivateKey = KEY) -> dict[str, bytes]:
    """The receipts of *days*, in that order, by file name; a day met again is a correction."""
    made: dict[str, bytes] = {}
    newest: dict[date, Link] = {}
    previous = None
    for sequence, day in enumerate(days, 1):
        facts = {"previous": previous, "corrects": newest.get(day)}
        one = body(sequence, day, key=key_id(key.public_key()), **facts)
        document = sign(one, key)
        previous = sha256(document)
        newest[day] = Link(sequence=sequence, sha256=previous)
        made[f"{sequence:06}.json"] = document
    return made
