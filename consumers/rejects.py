"""A reject record read as what quarantine keeps of it; the payload is not looked into.

A reject whose envelope did not decode has no order key: it is kept without a key and stands alone,
under the row that the record's own key names, if it names one (`named_key`).
"""

from typing import Any, NamedTuple

import orjson

from consumers.again import is_again
from consumers.batch import Headers, Record, order_key
from consumers.ledger.counts import Account, window_day
from consumers.payloads import Identity, Payload
from consumers.record_code import raw_origin
from infra.kafka_reader import Place
from schemas.contract import Dataset
from schemas.identity import NAMELESS, key_of
from schemas.records import UNASSIGNED, OrderKey
from schemas.replay import GENERATION, RULESET

UNKNOWN = "unknown"
_NO_PROBLEMS = [{"code": "envelope.undecodable", "field": "", "severity": "reject", "message": ""}]


class Item(NamedTuple):
    """One refused record: where it was met, where it counts, and the columns quarantine keeps."""

    place: Place
    account: Account
    facts: dict[str, Any]
    payload: Payload
    again: bool = False
    """Its raw record had a verdict before: it is filed under newer rules, and counted nowhere."""

    @property
    def identity(self) -> Identity:
        """What its payload is sealed for, and what tells it from every other item."""
        return Identity(self.facts["dataset"], self.account.raw, self.facts["judged"] or 0)


def read_reject(dataset: Dataset, record: Record) -> Item:
    """Read one record of `reject.<dataset>`.

    Raises:
        Fatal: it does not name its raw record, so it cannot be counted.
    """
    headers = record.headers
    raw = raw_origin(record)
    order = _order(headers)
    source_ts = _number(headers.get("suoi.source_ts"))
    key, payload = row_key(dataset, record.key), Payload(record.key, record.value or b"")
    facts = {
        "dataset": dataset.id,
        "key": None if order is None else key,
        "named_key": key if order is None else None,
        "raw_generation": _number(headers.get(GENERATION)),
        "judged": _number(headers.get(RULESET)),
        "payload_bytes": payload.size,
        "op": headers.get("suoi.op"),
        "problems": _problems(headers.get("suoi.problems")),
        "owner_unit": dataset.owner_unit,
        "source_ts": source_ts,
        **({} if order is None else order._asdict()),
        **{f"raw_{name}": value for name, value in raw._asdict().items()},
        "reject_topic": record.topic,
        "reject_partition": record.partition,
        "reject_offset": record.offset,
    }
    day = window_day(record.timestamp * 1000 if source_ts is None else source_ts)
    scope = headers.get("suoi.scope") or UNASSIGNED
    op = headers.get("suoi.op") or UNKNOWN
    account = Account(raw, dataset.id, scope, day, op, is_again(record))
    return Item(record.place, account, facts, payload, account.again)


def row_key(dataset: Dataset, key: bytes | None) -> str | None:
    """Give `_key` of the raw *key*; None where it names no row (TRUNCATE) or cannot be read."""
    try:
        found = key_of(dataset.source_key, key or b"{}")
    except ValueError:
        return None
    return None if found == NAMELESS else found


def _order(headers: Headers) -> OrderKey | None:
    try:
        return order_key(headers)
    except (KeyError, ValueError):
        return None


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def _problems(text: str | None) -> list[dict[str, str]]:
    """Read the problems; a U+0000 quoted in a message is shown as U+FFFD, which jsonb can hold."""
    try:
        found = orjson.loads(text or "")
        return [{name: str(part).replace("\0", "�") for name, part in one.items()} for one in found]
    except (ValueError, AttributeError, TypeError):
        return _NO_PROBLEMS
