"""`suoi lag`: how far behind each hop of each dataset is, and whether it grows.

Honest when idle and when stuck: a hop with nothing waiting is 0 behind; the way from the source to
raw is proved by a heartbeat, and is unknown (null) without one.
"""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
import typer
from confluent_kafka import Message
from rich.console import Console
from rich.table import Table

from consumers.ledger.sampling import read_ledger
from infra import kafka_reader
from infra.kafka_reader import Place
from schemas import topics
from schemas.contract import Dataset
from suoi.figures import Books, open_books
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_APART_S = 1.0
"""Time between the two looks a trend is taken from."""

HOPS = ("commit_to_raw", "raw_to_verdict", "verdict_to_applied", "applied_to_portal")


class Behind(NamedTuple):
    """One hop at one moment; None = unknown."""

    messages: int | None
    seconds: float | None


def lag(json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Show the lag of every dataset, hop by hop."""
    with open_books(home) as books:
        first = look(books)
        time.sleep(_APART_S)
        answer = document(first, look(books))
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        Console().print(_table(answer))


def look(books: Books) -> dict[str, dict[str, Behind]]:
    """Measure every hop of every dataset once."""
    ledger = read_ledger(books.province).progress
    beats = {source: books.heard(source) for source in books.catalogue.sources}
    return {
        dataset.id: _hops(books, dataset, ledger) | {"commit_to_raw": _heard(beats[dataset.source])}
        for dataset in books.catalogue.values()
    }


def document(
    first: dict[str, dict[str, Behind]], second: dict[str, dict[str, Behind]]
) -> dict[str, dict[str, Any]]:
    """Two looks as one answer: dataset -> hop -> seconds, messages, trend."""
    return {
        dataset: {
            hop: {
                "seconds": hops[hop].seconds,
                "messages": hops[hop].messages,
                "trend": trend(first[dataset][hop], hops[hop]),
            }
            for hop in HOPS
            if hop in hops
        }
        for dataset, hops in second.items()
    }


def trend(before: Behind, now: Behind) -> str:
    """Say whether a hop falls back: growing, shrinking, steady, or unknown."""
    if before.messages is None or now.messages is None:
        return "unknown" if now.seconds is None else "steady"
    if now.messages == before.messages:
        return "steady"
    return "growing" if now.messages > before.messages else "shrinking"


def _heard(beat: datetime | None) -> Behind:
    seconds = None if beat is None else round((datetime.now(UTC) - beat).total_seconds(), 3)
    return Behind(None, seconds)


def _hops(books: Books, dataset: Dataset, ledger: dict[Place, int]) -> dict[str, Behind]:
    raw = kafka_reader.partitions(books.reader, topics.raw(dataset))
    decided = kafka_reader.committed_offsets(books.streams, raw)
    outputs = [
        place
        for name in (*topics.clean_versions(dataset), topics.reject(dataset))
        for place in kafka_reader.partitions(books.reader, name)
    ]
    hops = {
        "raw_to_verdict": _waiting(books, decided),
        "verdict_to_applied": _waiting(books, {place: ledger.get(place, 0) for place in outputs}),
    }
    if dataset.open_columns:
        places = kafka_reader.partitions(books.reader, topics.open_(dataset))
        shown = kafka_reader.committed_offsets(books.portal, places)
        hops["applied_to_portal"] = _waiting(books, shown)
    return hops


def _waiting(books: Books, taken: dict[Place, int]) -> Behind:
    """Count what lies beyond the offsets taken, and how old the oldest of it is."""
    count, oldest = 0, None
    for place, following in taken.items():
        low, end = kafka_reader.bounds(books.reader, place)
        start = max(low, following)
        count += max(end - start, 0)
        if start < end:
            first = next(kafka_reader.read(books.reader, {place: (start, start + 1)}), None)
            oldest = min(filter(None, (oldest, _stamp(first))), default=None)
    return Behind(count, 0.0 if oldest is None else round(time.time() - oldest, 3))


def _stamp(message: Message | None) -> float | None:
    return None if message is None else message.timestamp()[1] / 1000


def _table(answer: dict[str, dict[str, Any]]) -> Table:
    table = Table("dataset", *(hop.replace("_", " ") for hop in HOPS), title="lag")
    for dataset, hops in answer.items():
        table.add_row(dataset, *(_cell(hops.get(hop)) for hop in HOPS))
    return table


def _cell(hop: dict[str, Any] | None) -> str:
    if hop is None:
        return "–"
    seconds = "unknown" if hop["seconds"] is None else f"{hop['seconds']:.1f} s"
    return seconds if hop["messages"] is None else f"{seconds}, {hop['messages']} ({hop['trend']})"
