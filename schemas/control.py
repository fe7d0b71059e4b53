"""The records of `control.datasets`: whether a dataset runs or stands still, why, and by whom.

The topic is compacted and keyed by dataset: its newest record is the standing in force, and a
dataset without one runs. Invariant 10: what stops a dataset is written here before anything else.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from schemas.contract import Dataset

VANISHED: Final = "schema.missing_field"
"""Code of the cause (reasons.csv) where a mandatory source column is no longer sent."""

UNJUDGED: Final = "contract.unjudged"
"""Code of the cause where no judge can be made of the contract: a fault of ours, or of its."""

BROKEN: Final = "source.broken"
"""Code of the cause where a source was restored, or lost the log we follow."""

STORM: Final = "reject.storm"
"""Code of the cause where more was refused than the contract's share."""

EXPIRED: Final = "raw.expired"
"""Code of the cause where captured records were deleted before they were judged."""

PERSON: Final = "operator"
"""Code of the cause where a person paused or resumed; the words are that person's."""

LONGEST_REASON: Final = 500


class State(StrEnum):
    """Whether the changes of a dataset are judged."""

    RUNNING = "running"
    PAUSED = "paused"


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a standing was written: a code, a sentence for officers (vi) and for operators (en).

    *columns* are the source columns that vanished; *at* is the raw record that showed it, as
    topic:partition:offset. No value of a row is in any of them (invariant 6).
    """

    code: str
    vi: str
    en: str
    columns: tuple[str, ...] = ()
    at: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one dataset stands: the value of one record.

    *since* is ISO 8601 with its zone; *by* is "streams" or a user of the operating system;
    *accepted* are the vanished columns whose absence is known: a record without them is an ordinary
    reject and stops nothing.
    """

    dataset: str
    state: State
    cause: Cause
    since: str
    by: str
    accepted: tuple[str, ...] = ()

    @property
    def paused(self) -> bool:
        """Whether the dataset stands still."""
        return self.state is State.PAUSED


_decode = msgspec.json.Decoder(Standing).decode


def encode(standing: Standing) -> bytes:
    """Write *standing* as the value of a record, JSON."""
    return msgspec.json.encode(standing)


def decode(key: bytes | None, value: bytes) -> Standing:
    """Read the record *key*, *value*.

    Raises:
        ValueError: it is no standing of the dataset its key names; the sentence says why.
    """
    try:
        found = _decode(value)
        moment = datetime.fromisoformat(found.since)
    except (msgspec.MsgspecError, ValueError) as error:
        message = f"it is no standing of a dataset: {error}"
        raise ValueError(message) from error
    if key != found.dataset.encode():
        message = f"its key is not the dataset {found.dataset!r} that it tells of"
        raise ValueError(message)
    if moment.tzinfo is None:
        message = f"its moment {found.since!r} has no zone"
        raise ValueError(message)
    return found


def paused(dataset: str, cause: Cause, by: str, before: Standing | None = None) -> Standing:
    """Stop *dataset*, now; what was accepted *before* stays accepted."""
    return Standing(
        dataset=dataset,
        state=State.PAUSED,
        cause=cause,
        since=_now(),
        by=by,
        accepted=before.accepted if before else (),
    )


def resumed(before: Standing, cause: Cause, by: str) -> Standing:
    """Let a dataset that stands as *before* go on, now, without the columns its cause named."""
    accepted = dict.fromkeys((*before.accepted, *before.cause.columns))
    return Standing(
        dataset=before.dataset,
        state=State.RUNNING,
        cause=cause,
        since=_now(),
        by=by,
        accepted=tuple(accepted),
    )


def vanished(dataset: Dataset, columns: tuple[str, ...], at: str) -> Cause:
    """Say that *columns* of *dataset*'s table are no longer sent; *at* is the record without."""
    named = ", ".join(columns)
    return Cause(
        code=VANISHED,
        vi=(
            f"Bảng nguồn {dataset.table} không còn cột bắt buộc: {named}. Đã tạm dừng tiếp nhận "
            "để rà soát cấu trúc so với mẫu đã thống nhất."
        ),
        en=(
            f"the source table {dataset.table} no longer sends what the contract makes mandatory: "
            f"{named}"
        ),
        columns=columns,
        at=at,
    )


def unjudged(dataset: Dataset, where: str, at: str) -> Cause:
    """Say that no judge can be made of *dataset*'s contract; *where* names our line, no value."""
    return Cause(
        code=UNJUDGED,
        vi=(
            f"Không lập được bộ kiểm tra từ hợp đồng dữ liệu của {dataset.id}. Đã tạm dừng tiếp "
            "nhận cho đến khi hợp đồng được sửa."
        ),
        en=(
            f"no judge can be made of the contract of {dataset.id} ({where}); correct it, restart "
            "the stream worker, then resume"
        ),
        at=at,
    )


def broken(source: str, sentence: str) -> Cause:
    """Say that *source* no longer continues what it has given us; *sentence* says what was seen."""
    return Cause(
        code=BROKEN,
        vi=(
            f"Nguồn {source} không còn nối tiếp dữ liệu đã gửi (khôi phục từ bản sao lưu hoặc mất "
            "nhật ký). Đã tạm dừng tiếp nhận cho đến khi nạp lại toàn bộ."
        ),
        en=f"source {source}: {sentence}",
    )


def stormy(dataset: Dataset, refused: int, judged: int, at: str) -> Cause:
    """Say that *refused* of the *judged* records of the last five minutes is too many."""
    share = f"{Decimal(dataset.reject_share) * 100:f}".rstrip("0").rstrip(".")
    return Cause(
        code=STORM,
        vi=(
            f"{refused} trên {judged} bản ghi trong 5 phút gần nhất bị từ chối, vượt ngưỡng "
            f"{share}% của hợp đồng dữ liệu. Đã tạm dừng tiếp nhận bộ dữ liệu này để rà soát."
        ),
        en=(
            f"{refused} of {judged} records of the last 5 minutes were refused, more than the "
            f"contract's {share} %; `suoi reject list --dataset {dataset.id}` shows why"
        ),
        at=at,
    )


def expired(dataset: Dataset, gap: str, at: str) -> Cause:
    """Say that captured records were deleted before they were judged; *gap* names their offsets."""
    return Cause(
        code=EXPIRED,
        vi=(
            f"Bản ghi đã thu nhận của {dataset.id} bị xoá khỏi hàng đợi trước khi được kiểm tra. "
            "Đã tạm dừng: cần nạp lại bảng nguồn."
        ),
        en=(
            f"captured records of {dataset.id} ({gap}) were deleted before they were judged; "
            "resume, and load its table again"
        ),
        columns=(gap,),
        at=at,
    )


def decided(reason: str) -> Cause:
    """Say that a person paused or resumed for *reason*, in that person's words.

    Raises:
        ValueError: the reason is empty, longer than LONGEST_REASON or not one line of text.
    """
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON or not words.isprintable():
        message = f"a reason is one line of 1 to {LONGEST_REASON} characters"
        raise ValueError(message)
    return Cause(code=PERSON, vi=words, en=words)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
