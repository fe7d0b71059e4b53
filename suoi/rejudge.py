"""`suoi rejudge`: judge a range of a dataset's past again, under the contract in force.

The command asks; the workers that own the partitions set them back (streams.rewinder), and what
came since follows in its order. A newer ruleset wins over old verdicts; the same one does nothing.
"""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import orjson
import typer
from confluent_kafka import Consumer, TopicPartition

from infra import kafka_reader
from infra.control import read_control, write_rewind
from infra.errors import Fatal, Usage
from infra.kafka import Outbox, producer_config
from infra.kafka_reader import Place
from infra.local.access import kafka_client
from infra.local.home import Home
from schemas import topics
from schemas.contract import Dataset
from schemas.marks import Mark, decided
from schemas.rewinds import Rewind
from suoi.dataset import DatasetArgument, who
from suoi.law import chosen_dataset, read_captured
from suoi.options import DEFAULT_HOME, HomeOption, JsonOption

_PATIENCE_S = 30.0

FromOption = Annotated[
    str,
    typer.Option(
        "--from",
        help="Where to begin: a raw offset, or a time with its zone (2026-03-11T17:00+07:00).",
    ),
]


class Start(NamedTuple):
    """Where one partition begins again, and the offset below which it has its verdicts."""

    place: Place
    first: int
    end: int


def rejudge(
    dataset: DatasetArgument,
    begin: FromOption,
    json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Judge a dataset's records again, from an offset or a time on."""
    chosen = chosen_dataset(read_captured(), dataset)
    start = read_start(begin)
    answer = _asked(home, chosen, start)
    if json:
        typer.echo(orjson.dumps(answer).decode())
    else:
        typer.echo(sentence(answer))


def read_start(text: str) -> int | datetime:
    """Read --from: a raw offset, or an instant.

    Raises:
        Usage: it is neither; a time without a zone is not an instant.
    """
    if text.isdecimal():
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = f"--from {text!r} is no raw offset and no time with its zone."
        raise Usage(message)
    return found


def _asked(home: Path, dataset: Dataset, begin: int | datetime) -> dict[str, Any]:
    """Check what is asked, ask it, and say what it will do.

    Raises:
        Fatal: it cannot be done; the sentence says why. Nothing was asked.
        Transient: Kafka does not answer.
    """
    place = Home(home)
    place.refuse_absent()
    own = kafka_reader.ALONE | {"fetch.wait.max.ms": 20}
    reader = kafka_reader.Reader(kafka_client(place, "reader") | own | {"group.id": "reader"})
    streams = kafka_reader.Reader(kafka_client(place, "reader") | own | {"group.id": "streams"})
    try:
        standings, pending = read_control(reader)
        places = kafka_reader.partitions(reader, topics.raw(dataset))
        notes = kafka_reader.committed_marks(streams, places)
        refuse(dataset, pending.get(dataset.id), [mark for _, mark in notes.values()])
        starts = [_start(reader, one, begin, decided(*notes[one])) for one in places]
    finally:
        reader.close()
        streams.close()
    standing = standings.get(dataset.id)
    answer = document(dataset, starts, paused=standing is not None and standing.paused)
    if answer["records"]:
        _write(place, dataset, answer)
    return answer


def refuse(dataset: Dataset, pending: Rewind | None, marks: list[Mark]) -> None:
    """Refuse what may not be asked now.

    Raises:
        Fatal: another request is under way, or a newer contract has judged already.
    """
    if pending is not None:
        message = (
            f"{dataset.id} is being set back already, asked by {pending.by} at {pending.since}; "
            "wait until its worker has done it (is it running? suoi status), then ask again."
        )
        raise Fatal(message)
    newest = max((number for mark in marks for number in mark.rulesets or ()), default=0)
    if newest > dataset.revision:
        message = (
            f"{dataset.id} was judged under revision {newest} already, and this contract is "
            f"revision {dataset.revision}: an older verdict never wins. Use the newer contract."
        )
        raise Fatal(message)


def _start(reader: Consumer, place: Place, begin: int | datetime, end: int) -> Start:
    """Find where *place* begins again; *end* is how far it has its verdicts.

    Raises:
        Fatal: raw does not reach back so far.
    """
    low, _ = kafka_reader.bounds(reader, place)
    first = begin if isinstance(begin, int) else _at(reader, place, begin, end)
    if first < low or (low and first == low and not isinstance(begin, int)):
        message = (
            f"raw is kept 30 days: the oldest record of {place.topic}, partition "
            f"{place.partition}, is offset {low}. Ask for that offset or a later one; what is "
            "older is judged again by loading the table anew."
        )
        raise Fatal(message)
    return Start(place, min(first, end), end)


def _at(reader: Consumer, place: Place, moment: datetime, end: int) -> int:
    """Give the offset of the first record captured at *moment* or later; *end* where none was."""
    asked = TopicPartition(*place, int(moment.timestamp() * 1000))
    found = kafka_reader.offsets_at(reader, [asked])[place]
    return end if found < 0 else found


def document(dataset: Dataset, starts: list[Start], *, paused: bool) -> dict[str, Any]:
    """Return the answer: how many records, under which ruleset."""
    return {
        "dataset": dataset.id,
        "id": uuid.uuid4().hex,
        "ruleset": dataset.revision,
        "paused": paused,
        "records": sum(one.end - one.first for one in starts),
        "partitions": [
            {"partition": one.place.partition, "from": one.first, "before": one.end}
            for one in starts
            if one.first < one.end
        ],
    }


def sentence(answer: dict[str, Any]) -> str:
    """Say *answer* to a person."""
    name, count = answer["dataset"], answer["records"]
    if not count:
        return f"Nothing of {name} was judged from there on: there is nothing to judge again."
    later = f" once it runs again (suoi dataset resume {name})" if answer["paused"] else ""
    return (
        f"{count} records of {name} are judged again under revision {answer['ruleset']}{later}; "
        "what came since follows in its order."
    )


def _write(place: Home, dataset: Dataset, answer: dict[str, Any]) -> None:
    config = kafka_client(place, "admin") | producer_config() | {"log_level": 2}
    request = Rewind(
        dataset=dataset.id,
        id=answer["id"],
        starts={one["partition"]: one["from"] for one in answer["partitions"]},
        since=datetime.now(UTC).isoformat(timespec="milliseconds"),
        by=who(),
    )
    asyncio.run(write_rewind(Outbox(config, _PATIENCE_S), dataset.id, request))
