"""The workshop: a chunk of raw records goes in, the records to send come out; no Kafka here."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple

import structlog

from infra.errors import Fatal
from schemas import topics
from schemas.catalogue import Catalogue
from schemas.contract import Dataset
from schemas.records import Accepted, Filtered, Origin, Rejected
from streams.again import Replay, read_replay
from streams.books import Page, Pages, name
from streams.conditions import Condition
from streams.envelope import RawRecord
from streams.judge import Judge, Judged, Unjudged, Validator, fault, filtered_topics
from streams.output import Message, Writer
from streams.past import NOTHING, Past, marked
from streams.storm import Storms
from streams.structure import Stop, cannot_judge, stop_at, stop_at_gap

Accepts = Callable[[str], Collection[str]]
"""Dataset -> the vanished columns whose absence is accepted (schemas.control)."""

LOT: Final = 64
"""Records that are read, then judged, then written together: each step finds its code in the
processor's nearest memory, which holds one of them but not all three."""

UNREADABLE: Final = "unreadable"
HELD: Final = "held"
SAME_RULES: Final = "same_rules"
"""What else than a verdict may become of a record that is to be judged again."""

_log = structlog.get_logger()
_HELD = "No judge can be made of its contract; correct it, then restart the stream worker."


class Refined(NamedTuple):
    """What one chunk became: the records to send, and how many ended how.

    With a *stop*, its record and those after it were not judged: they are in flight.
    """

    messages: list[Message]
    counts: Counter[str]
    stop: Stop | None = None


class Desk(NamedTuple):
    """Who judges and who writes for one raw topic."""

    judge: Judge
    writer: Writer


class Workshop:
    """Judges chunks of any raw topic of the catalogue."""

    def __init__(
        self,
        desks: Mapping[str, Desk],
        filtered: Mapping[str, str],
        accepts: Accepts = lambda _: (),
    ) -> None:
        """*desks* by raw topic; *filtered* names the rule of each topic that carries no dataset."""
        self._desks = desks
        self._filtered = filtered
        self._accepts = accepts
        self.storms = Storms()
        self.topics = (*desks, *filtered, topics.REPLAY)
        self.datasets = {desk.judge.dataset.id: topic for topic, desk in desks.items()}

    def refine(self, chunk: Sequence[RawRecord], past: Past = NOTHING) -> Refined:
        """Judge *chunk*: records of one partition, in order, at least one.

        What had a verdict before, as *past* knows, is marked.

        Raises:
            Fatal: the topic is none of ours (invariant 10).
        """
        topic = chunk[0].topic
        desk = self._desks.get(topic)
        if desk is None:
            return self._filter(chunk)
        pages = Pages(chunk[0], desk.judge.dataset.revision, past)
        messages: list[Message] = []
        for first in range(0, len(chunk), LOT):
            lot = chunk[first : first + LOT]
            decided, stop = self._judged(desk, lot)
            for record, judged in zip(lot, decided, strict=False):  # fewer where it stops
                begun = len(messages)
                written = _write(desk, record, judged, messages)
                if past.had(record.offset):
                    messages[begun:] = map(marked, messages[begun:])
                pages.enter(record.offset, written.verdict)
            if not stop and not past.had(lot[-1].offset):
                stop = self._storm(desk, lot, decided)
            if stop:
                break  # Invariant 2: in flight
        return Refined([*messages, *pages.messages()], pages.counts, stop)

    def missed(self, topic: str, partition: int, due: int, first: int) -> Stop | None:
        """Say where the dataset of *topic* stops if records from *due* to before *first* are gone.

        Invariant 10. None where a person has accepted that gap, or no dataset is in the topic.
        """
        desk = self._desks.get(topic)
        if desk is None:
            return None
        dataset = desk.judge.dataset
        return stop_at_gap(dataset, Origin(topic, partition, due), first, self._accepts(dataset.id))

    def _judged(self, desk: Desk, lot: Sequence[RawRecord]) -> tuple[list[Judged], Stop | None]:
        """Judge *lot* up to its end, or to the record where its dataset stops (invariant 10)."""
        judge, dataset = desk.judge, desk.judge.dataset
        decided: list[Judged] = []
        for record, read in zip(lot, [*map(judge.read, lot)], strict=True):
            try:
                judged = judge.decide(read)
            except Unjudged as error:
                origin = Origin(record.topic, record.partition, record.offset)
                return decided, cannot_judge(dataset, origin, error)
            if type(judged.verdict) is Rejected:
                stop = stop_at(dataset, judged.verdict, self._accepts(dataset.id))
                if stop:
                    return decided, stop
            decided.append(judged)
        return decided, None

    def _storm(
        self, desk: Desk, lot: Sequence[RawRecord], decided: Sequence[Judged]
    ) -> Stop | None:
        """Stop behind *lot* where too much of its dataset is refused."""
        topic, partition, offset = lot[-1].topic, lot[-1].partition, lot[-1].offset
        verdicts = (judged.verdict for judged in decided)
        return self.storms.after(desk.judge.dataset, verdicts, Origin(topic, partition, offset + 1))

    def _again(self, chunk: Sequence[RawRecord]) -> Refined:
        """Judge records of `replay.raw`; the books keep the first verdict (invariant 2)."""
        messages: list[Message] = []
        counts: Counter[str] = Counter()
        for record in chunk:
            replay = read_replay(record)
            found = self._replayed(replay, messages) if replay else UNREADABLE
            counts[f"again:{found}"] += 1
            if found in {UNREADABLE, HELD}:
                facts = {"offset": record.offset, "item": replay.item if replay else None}
                _log.error("replay.passed_over", why=found, **facts)
        return Refined(messages, counts)

    def _replayed(self, replay: Replay, messages: list[Message]) -> str:
        """Add what *replay* sends to *messages*, and say what became of it."""
        desk = self._desks.get(replay.original.topic)
        if desk is None:
            return HELD
        if replay.ruleset >= desk.judge.dataset.revision:
            return SAME_RULES
        try:
            judged = desk.judge.judge(replay.original)
        except Unjudged:
            return HELD
        sent: list[Message] = []
        judged = _write(desk, replay.original, judged, sent)
        messages += map(marked, sent)
        return name(judged.verdict)

    def _filter(self, chunk: Sequence[RawRecord]) -> Refined:
        topic = chunk[0].topic
        if topic == topics.REPLAY:
            return self._again(chunk)
        if topic not in self._filtered:
            message = f"No contract names the topic {topic}; add one or leave the topic out."
            raise Fatal(message)
        page = Page((topic, chunk[0].partition), 0)
        for record in chunk:
            origin = Origin(record.topic, record.partition, record.offset)
            page.enter(record.offset, Filtered(origin=origin, rule=self._filtered[topic]))
        return Refined([page.message()], page.counts)


def _write(desk: Desk, record: RawRecord, judged: Judged, messages: list[Message]) -> Judged:
    """Add what *judged* sends; what cannot be written is refused like what cannot be read."""
    try:
        messages += desk.writer.messages(record, judged)
    except Exception as error:
        if not isinstance(judged.verdict, Accepted):
            raise
        judged = desk.judge.failed(judged.verdict.change, error)
        messages += desk.writer.messages(record, judged)
    return judged


class Secrets(NamedTuple):
    """What writing needs beside the contracts."""

    schema_ids: Mapping[str, int]
    open_key: bytes


def open_workshop(
    catalogue: Catalogue,
    compiled: Callable[[Dataset], Validator],
    conditions: Mapping[str, Condition],
    secrets: Secrets,
    accepts: Accepts = lambda _: (),
) -> Workshop:
    """Seat a judge and a writer for every dataset of *catalogue* that can be judged.

    Invariant 10: any other stops alone. It is named in the log, its topic is not among
    `Workshop.topics`, so that nothing of it is read and its offsets stay.
    """
    for path, error in catalogue.problems.items():
        _log.error("dataset.held", contract=path.name, reason=str(error))
    desks: dict[str, Desk] = {}
    for dataset in catalogue.values():
        try:
            condition = conditions[dataset.open_when] if dataset.open_when else None
            judge = Judge(dataset, compiled(dataset), condition)
            writer = Writer(dataset, secrets.schema_ids, secrets.open_key)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one, the others go on
            facts = {"cause": str(error)} | fault(error)
            _log.error("dataset.held", dataset=dataset.id, reason=_HELD, **facts)
        else:
            desks[topics.raw(dataset)] = Desk(judge, writer)
    return Workshop(desks, filtered_topics(catalogue.sources), accepts)
