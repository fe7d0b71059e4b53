"""A chunk in, the records to send out: verdicts, projection, headers, books."""

import hashlib
import io
import json
from decimal import Decimal
from typing import Any, NamedTuple

import fastavro
import pytest
from support.raw import BIRTHS, CATALOGUE, PRODUCTS, Raw, change, raw

from infra.errors import Fatal
from schemas import topics
from schemas.avro import clean_schema, open_schema
from schemas.contract import Dataset
from schemas.reasons import REASONS
from schemas.records import Problem, Row
from streams.conditions import CONDITIONS
from streams.output import Message
from streams.past import Past
from streams.workshop import Refined, Secrets, Workshop, open_workshop

SECRET = b"an invented secret"
OPEN = topics.open_(PRODUCTS)
CLEAN = topics.clean(PRODUCTS)
REJECT = topics.reject(PRODUCTS)
IDS = {
    name: number
    for number, name in enumerate(
        [*map(topics.clean, CATALOGUE.values()), *map(topics.open_, CATALOGUE.values())], 1
    )
}


class Said(NamedTuple):
    """A judgement as the validator gives it."""

    values: tuple[Any, ...]
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()
    originals: dict[str, str] = {}  # noqa: RUF012  a NamedTuple's default


class Rules:
    """A validator that says what the test put into the row: values by canonical name."""

    def __init__(self, dataset: Dataset) -> None:
        self._names = [column.name for column in dataset.columns]

    def judge(self, row: Row, source_ts: int) -> Said:
        """Say what the row tells to say."""
        assert source_ts > 0
        if "raise" in row:
            message = "a rule of ours failed on Lò Thị Mẫu"
            raise ZeroDivisionError(message)
        values = tuple(row.get("values", {}).get(name) for name in self._names)
        problems = tuple(REASONS[code].problem(name, name) for code, name in row.get("bad", ()))
        return Said(values, problems, tuple(row.get("flags", ())), row.get("originals", {}))


@pytest.fixture
def workshop() -> Workshop:
    return open_workshop(CATALOGUE, Rules, CONDITIONS, Secrets(IDS, SECRET))


def product(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    values = {"ten": "Chè Tà Xùa", "loai_chu_the": "hop_tac_xa", "so_sao": 4}
    values |= {"san_luong_nam": "12.5", "nguoi_dai_dien": "Vàng A Mẫu"}
    return {"id": 5, "values": values | parts.pop("values", {}), **parts}


def one(refined: Refined, topic: str) -> Message:
    (found,) = [message for message in refined.messages if message.topic == topic]
    return found


def sent_to(refined: Refined) -> list[str]:
    return [message.topic for message in refined.messages]


def decoded(message: Message, schema: dict[str, Any]) -> dict[str, Any]:
    assert message.value is not None
    assert message.value[0] == 0
    assert int.from_bytes(message.value[1:5], "big") == IDS[message.topic]
    row = fastavro.schemaless_reader(io.BytesIO(message.value[5:]), schema, None)
    assert isinstance(row, dict)
    return row


def test_a_clean_row_goes_out_whole_with_where_it_came_from(workshop: Workshop) -> None:
    refined = workshop.refine([change(PRODUCTS, "u", product(flags=["TRIMMED:ten"]))])
    message = one(refined, CLEAN)
    row = decoded(message, clean_schema(PRODUCTS))
    assert message.key == b"[5]"
    assert (row["ten"], row["so_sao"]) == ("Chè Tà Xùa", 4)
    assert row["san_luong_nam"] == Decimal("12.5")
    assert row["_raw"] == f"{topics.raw(PRODUCTS)}:1:7"
    assert (row["_key"], row["_source"], row["_generation"]) == ("[5]", "so_nnmt", 1)
    assert row["_flags"] == ["TRIMMED:ten"]
    assert len(row["_hash"]) == 64
    assert dict(message.headers) == {"suoi.op": "u", "suoi.raw": row["_raw"]}


def test_null_is_written_as_null(workshop: Workshop) -> None:
    refined = workshop.refine([change(PRODUCTS, "u", product(values={"ten": None}))])
    assert decoded(one(refined, CLEAN), clean_schema(PRODUCTS))["ten"] is None  # Invariant 7


def test_the_hash_is_over_the_canonical_values(workshop: Workshop) -> None:
    first, second = (
        decoded(one(workshop.refine([change(PRODUCTS, "u", given)]), CLEAN), clean_schema(PRODUCTS))
        for given in (product(), product(values={"so_sao": 5}))
    )
    values = [product()["values"].get(column.name) for column in PRODUCTS.columns]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    assert first["_hash"] == hashlib.sha256(text).hexdigest()
    assert first["_hash"] != second["_hash"]


def test_a_delete_is_a_tombstone_that_carries_its_order(workshop: Workshop) -> None:
    refined = workshop.refine([change(PRODUCTS, "d", None, before=product())])
    message = one(refined, CLEAN)
    headers = dict(message.headers)
    assert message.value is None
    assert headers["suoi.position"] == str((3 << 32) + 56902)
    assert set(headers) == {
        "suoi.op", "suoi.raw", "suoi.source", "suoi.generation", "suoi.position", "suoi.step",
        "suoi.ruleset", "suoi.source_ts", "suoi.captured_ts", "suoi.scope",
    }  # fmt: skip
    assert one(refined, OPEN).value is None


def test_a_delete_counts_where_its_row_was(workshop: Workshop) -> None:
    row = {"id": 1, "values": {"co_quan_dang_ky": "03646"}}
    for before, scope in ((row, "03646"), ({"id": 1}, "unassigned"), ({"id": 1, "raise": 1}, None)):
        refined = workshop.refine([change(BIRTHS, "d", None, before=before)])
        assert dict(one(refined, topics.clean(BIRTHS)).headers)["suoi.scope"] == (
            scope or "unassigned"
        )


def test_a_reject_is_the_raw_bytes_and_every_problem(workshop: Workshop) -> None:
    bad = [("field.missing", "ten"), ("code.unknown", "nhom_san_pham")]
    record = change(PRODUCTS, "u", product(bad=bad))
    message = one(workshop.refine([record]), REJECT)
    headers = dict(message.headers)
    assert (message.key, message.value) == (record.key, record.value)
    problems = json.loads(str(headers["suoi.problems"]))
    assert [item["code"] for item in problems] == ["field.missing", "code.unknown"]  # Invariant 5
    assert headers["__connect.errors.offset"] == "7"
    assert headers["suoi.step"] == "1"
    assert headers["suoi.op"] == "u"


def test_a_reject_counts_where_its_row_says(workshop: Workshop) -> None:
    row = {"id": 1, "values": {"co_quan_dang_ky": "03646"}, "bad": [("field.missing", "ho")]}
    message = one(workshop.refine([change(BIRTHS, "c", row)]), topics.reject(BIRTHS))
    assert dict(message.headers)["suoi.scope"] == "03646"


def test_a_reject_that_did_not_decode_says_so_without_an_order(workshop: Workshop) -> None:
    message = one(workshop.refine([raw(PRODUCTS, b"{", key=b"\xff")]), REJECT)
    headers = dict(message.headers)
    assert (message.key, message.value) == (b"\xff", b"{")
    assert "suoi.position" not in headers
    assert "envelope.undecodable" in str(headers["suoi.problems"])


def test_a_truncate_is_refused_to_a_fixed_partition(workshop: Workshop) -> None:
    refined = workshop.refine([change(PRODUCTS, "t", None, key=None)])
    assert one(refined, REJECT).key == b""
    assert OPEN not in sent_to(refined)


def test_a_rule_that_fails_is_a_reject_and_the_rest_goes_on(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    poison = change(PRODUCTS, "u", product() | {"raise": 1})
    refined = workshop.refine([poison, change(PRODUCTS, "u", product(), offset=8)])
    assert refined.counts == {"reject": 1, "clean": 1}
    assert one(refined, REJECT).value == poison.value
    said = capsys.readouterr()
    assert "Mẫu" not in said.out + said.err  # Invariant 6
    assert "ZeroDivisionError" in said.out + said.err


def test_a_row_that_cannot_be_written_is_a_reject(workshop: Workshop) -> None:
    poison = change(PRODUCTS, "u", product(values={"so_sao": "bốn"}))
    refined = workshop.refine([poison, change(PRODUCTS, "u", product(), offset=8)])
    assert refined.counts == {"reject": 1, "clean": 1}
    assert one(refined, REJECT).value == poison.value


def test_the_open_row_holds_public_columns_alone(workshop: Workshop) -> None:
    refined = workshop.refine([change(PRODUCTS, "c", product())])
    message = one(refined, OPEN)
    row = decoded(message, open_schema(PRODUCTS))
    assert row["ten"] == "Chè Tà Xùa"
    assert "nguoi_dai_dien" not in row  # Invariant 6
    assert set(row) - {column.name for column in PRODUCTS.open_columns} == {
        "_generation", "_position", "_step", "_ruleset", "_source_ts",
    }  # fmt: skip
    assert "Vàng A Mẫu".encode() not in (message.value or b"")


@pytest.mark.parametrize("missing", ["a rule", "a condition", "a schema"])
def test_a_dataset_that_cannot_be_judged_is_held_alone(
    missing: str, capsys: pytest.CaptureFixture[str]
) -> None:  # Invariant 10
    def compiled(dataset: Dataset) -> Rules:
        if missing == "a rule" and dataset.id == PRODUCTS.id:
            message = "there is no rule of that name"
            raise LookupError(message)
        return Rules(dataset)

    gone = PRODUCTS.open_when if missing == "a condition" else None
    conditions = {name: one for name, one in CONDITIONS.items() if name != gone}
    ids = {topic: number for topic, number in IDS.items() if missing != "a schema" or topic != OPEN}
    workshop = open_workshop(CATALOGUE, compiled, conditions, Secrets(ids, SECRET))
    said = capsys.readouterr().out
    assert "dataset.held" in said
    assert PRODUCTS.id in said
    assert said.count("dataset.held") == 1
    assert topics.raw(PRODUCTS) not in workshop.topics
    assert {topics.raw(BIRTHS), topics.heartbeat(PRODUCTS.source)} <= set(workshop.topics)
    birth = workshop.refine([change(BIRTHS, "c", {"id": 1})])
    assert birth.counts == {"clean": 1}


def test_every_contract_is_looked_at_before_the_first_record() -> None:
    made: list[str] = []

    def compiled(dataset: Dataset) -> Rules:
        made.append(dataset.id)
        return Rules(dataset)

    open_workshop(CATALOGUE, compiled, CONDITIONS, Secrets(IDS, SECRET))
    assert made == list(CATALOGUE)


def test_the_open_key_tells_nothing_and_never_changes(workshop: Workshop) -> None:
    first = one(workshop.refine([change(PRODUCTS, "c", product())]), OPEN).key
    again = one(workshop.refine([change(PRODUCTS, "d", None, before=product())]), OPEN).key
    other = open_workshop(CATALOGUE, Rules, CONDITIONS, Secrets(IDS, b"another"))
    assert first == again
    assert len(first) == 64
    assert one(other.refine([change(PRODUCTS, "c", product())]), OPEN).key != first


@pytest.mark.parametrize(
    "row",
    [
        product(flags=["code.expired:nhom_san_pham"]),
        product(values={"loai_chu_the": "ca_nhan"}),
        product(values={"loai_chu_the": None}),
        product(bad=[("code.unknown", "loai_chu_the")]),
        product(bad=[("field.missing", "ten")], values={"loai_chu_the": "ca_nhan"}),
        product() | {"raise": 1},
        product() | {"ten_sp": "__debezium_unavailable_value"},
    ],
    ids=["warned", "outside", "unknown", "unjudged", "refused outside", "failed", "hole"],
)
def test_what_is_not_open_any_more_is_closed(workshop: Workshop, row: dict[str, Any]) -> None:
    message = one(workshop.refine([change(PRODUCTS, "u", row)]), OPEN)
    assert message.value is None
    assert dict(message.headers)["suoi.generation"] == "1"


def test_a_refused_version_leaves_the_last_open_one(workshop: Workshop) -> None:
    """DOMAIN.md 1: rejecting a new version leaves the last clean version served."""
    row = product(bad=[("field.missing", "ten")])
    assert OPEN not in sent_to(workshop.refine([change(PRODUCTS, "u", row)]))


def test_a_repair_is_no_warning(workshop: Workshop) -> None:
    row = product(flags=["CODE_MAPPED:nhom_san_pham"])
    assert one(workshop.refine([change(PRODUCTS, "u", row)]), OPEN).value is not None


def test_a_dataset_that_is_not_open_has_no_open_record(workshop: Workshop) -> None:
    refined = workshop.refine([change(BIRTHS, "c", {"id": 1})])
    assert sent_to(refined) == [topics.clean(BIRTHS), topics.BOOKS]


def test_the_books_name_the_verdict_of_every_offset(workshop: Workshop) -> None:
    bad = product(bad=[("field.missing", "ten")])
    chunk = [
        change(PRODUCTS, "c", product(), offset=10),
        change(PRODUCTS, "c", product(), offset=11),
        change(PRODUCTS, "u", bad, offset=12),
        raw(PRODUCTS, None, key={"id": 5}, offset=13),
        change(PRODUCTS, "c", product(), offset=20),
        change(PRODUCTS, "c", product(), offset=21),
        change(PRODUCTS, "c", product(), offset=23),
    ]
    refined = workshop.refine(chunk)
    message = one(refined, topics.BOOKS)
    assert refined.messages[-1] is message
    assert message.key == f"{topics.raw(PRODUCTS)}:1".encode()
    page = json.loads(message.value or b"")
    assert (page["first"], page["last"], page["ruleset"]) == (10, 23, PRODUCTS.revision)
    assert page["runs"] == [
        [10, 2, "clean"], [12, 1, "reject"], [13, 1, "filtered:tombstone"], [20, 2, "clean"],
        [23, 1, "clean"],
    ]  # fmt: skip
    assert sum(refined.counts.values()) == len(chunk)  # Invariant 2


@pytest.mark.parametrize(
    ("topic", "rule"),
    [("raw.so_nnmt.cdc.heartbeat", "heartbeat"), ("raw.so_tu_phap.cdc.signal", "signal")],
)
def test_what_carries_no_dataset_is_filtered_by_name(
    workshop: Workshop, topic: str, rule: str
) -> None:
    refined = workshop.refine([Raw(topic, 0, 3, None, b"{}", [])])
    assert refined.counts == {f"filtered:{rule}": 1}
    assert sent_to(refined) == [topics.BOOKS]
    assert topic in workshop.topics


def test_a_topic_without_a_contract_stops_the_worker_loudly(workshop: Workshop) -> None:
    with pytest.raises(Fatal, match=r"raw\.x\.y"):
        workshop.refine([Raw("raw.x.y", 0, 3, None, b"{}", [])])


def test_a_key_is_never_a_header(workshop: Workshop) -> None:
    row = product() | {"id": "014999000123"}
    for op in "cud":
        given = change(PRODUCTS, op, None if op == "d" else row, before=row)
        for message in workshop.refine([given]).messages:
            assert "014999000123" not in str(message.headers)  # Invariant 6


def test_judging_twice_gives_the_same_bytes(workshop: Workshop) -> None:
    chunk = [change(PRODUCTS, "c", product()), change(PRODUCTS, "d", None, before=product())]
    assert workshop.refine(chunk).messages == workshop.refine(chunk).messages  # Invariant 3


def test_what_had_a_verdict_before_is_marked_and_booked_apart(workshop: Workshop) -> None:
    chunk = [change(PRODUCTS, "u", product(), offset=offset) for offset in (7, 8, 9)]
    refined = workshop.refine(chunk, Past(8, {8: "reject"}))
    marked = {
        (message.topic, dict(message.headers)["suoi.raw"])
        for message in refined.messages
        if ("suoi.again", "1") in message.headers
    }
    raw = topics.raw(PRODUCTS)
    assert marked == {(name, f"{raw}:1:{offset}") for name in (CLEAN, OPEN) for offset in (7, 8)}
    pages = [json.loads(one.value or b"") for one in refined.messages if one.topic == topics.BOOKS]
    assert [(page.get("again"), page["runs"]) for page in pages] == [
        (True, [[7, 1, "clean"]]),
        (None, [[8, 1, "reject"], [9, 1, "clean"]]),  # Invariant 2: the first verdict decides
    ]
    assert refined.counts == {"clean": 2, "reject": 1}
