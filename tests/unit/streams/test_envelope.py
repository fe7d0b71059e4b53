"""Raw bytes become a Change, or say why not; nothing raises."""

import json

import msgspec
import pytest
from support.raw import BIRTHS, MARIADB, MARRIAGES, POSTGRES, PRODUCTS, Raw, change, raw

from schemas.records import Change, Filtered, OrderKey, Rejected
from streams.envelope import Envelope, FlatEnvelope, Reader, open_envelope

ROW = {"id": 17, "so_ks": "12/2026", "ho_ten": "Lò Thị Mẫu"}
births = Reader(BIRTHS)


def codes(found: Change | Rejected | Filtered) -> list[str]:
    assert isinstance(found, Rejected)
    return [item.code for item in found.problems]


def test_an_insert_is_read_whole() -> None:
    found = births.read(change(BIRTHS, "c", ROW))
    assert isinstance(found, Change)
    assert (found.op, found.key, found.row) == ("c", "[17]", ROW)
    assert found.order == OrderKey(1, 5505459032, 5505457488, BIRTHS.revision)
    assert found.source_ts == 1_773_200_000_000_123
    assert found.captured_ts == 1_773_200_000_050_000


def test_the_key_is_an_array_in_the_contracts_order() -> None:
    row = {"so_tt": 12, "nam": 2026, "ma_xa": "03646"}
    found = Reader(MARRIAGES).read(change(MARRIAGES, "u", row))
    assert isinstance(found, Change)
    assert found.key == '["03646",2026,12]'


@pytest.mark.parametrize("text", ["Lò Thị Mẫu", "Lò", 'a"b'])
def test_the_key_keeps_its_text_unescaped(text: str) -> None:
    row = {"ma_xa": text, "nam": 1, "so_tt": 1}
    found = Reader(MARRIAGES).read(change(MARRIAGES, "c", row))
    assert isinstance(found, Change)
    assert json.loads(found.key) == [text, 1, 1]
    assert "\\u" not in found.key


def test_mariadb_is_ordered_by_file_position_and_row() -> None:
    found = Reader(PRODUCTS).read(change(PRODUCTS, "r", {"id": 1}))
    assert isinstance(found, Change)
    assert found.order[1:3] == ((3 << 32) + 56902, 1)


def test_the_first_commit_after_a_start_has_no_position_before_it() -> None:
    source = POSTGRES | {"sequence": '[null,"42"]'}
    found = births.read(change(BIRTHS, "c", ROW, source=source))
    assert isinstance(found, Change)
    assert found.order[1:3] == (0, 42)


def test_a_late_commit_of_an_early_write_is_newer_than_the_load() -> None:
    """FACTS.md, trap 15: by LSN alone the load would win."""
    load = births.read(
        change(BIRTHS, "r", ROW, source=POSTGRES | {"sequence": '["5505459032","5505459032"]'})
    )
    late = births.read(
        change(BIRTHS, "u", ROW, source=POSTGRES | {"sequence": '["5505465120","5505457488"]'})
    )
    assert isinstance(load, Change)
    assert isinstance(late, Change)
    assert late.order > load.order


def test_a_delete_needs_only_its_key() -> None:
    whole = births.read(change(BIRTHS, "d", None, before=ROW))
    bare = births.read(change(BIRTHS, "d", None, key={"id": 17}))
    assert isinstance(whole, Change)
    assert isinstance(bare, Change)
    assert (whole.row, whole.before, whole.key) == (None, ROW, "[17]")
    assert (bare.row, bare.before, bare.key) == (None, None, "[17]")


def test_null_in_a_column_is_kept() -> None:
    found = births.read(change(BIRTHS, "u", ROW | {"so_ks": None}))
    assert isinstance(found, Change)
    assert found.row is not None
    assert found.row["so_ks"] is None  # Invariant 7


def test_a_tombstone_and_a_message_are_filtered_by_name() -> None:
    tombstone = births.read(raw(BIRTHS, None, key={"id": 17}))
    message = births.read(raw(BIRTHS, {"op": "m", "source": POSTGRES, "message": {}}))
    assert isinstance(tombstone, Filtered)
    assert isinstance(message, Filtered)
    assert (tombstone.rule, message.rule) == ("tombstone", "message")


def test_a_truncate_is_refused_and_keeps_its_place() -> None:
    found = births.read(change(BIRTHS, "t", None, key=None))
    assert codes(found) == ["envelope.truncate"]
    assert isinstance(found, Rejected)
    assert found.change is not None
    assert found.change.order.position == 5505459032
    assert BIRTHS.title in found.problems[0].message


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"op":"c"}',
        b'{"op":1,"source":{}}',
        json.dumps({"op": "c", "source": {}, "after": ROW}).encode(),
        json.dumps({"op": "c", "source": POSTGRES | {"sequence": "[]"}, "after": ROW}).encode(),
        json.dumps({"op": "c", "source": POSTGRES | {"sequence": None}, "after": ROW}).encode(),
        json.dumps({"op": "c", "source": POSTGRES, "after": None}).encode(),
        json.dumps({"op": "c", "source": POSTGRES | {"connector": "x"}, "after": ROW}).encode(),
        json.dumps({"op": "c", "source": MARIADB | {"file": ""}, "after": ROW}).encode(),
        json.dumps({"op": "c", "source": MARIADB | {"pos": None}, "after": ROW}).encode(),
    ],
)
def test_what_cannot_be_read_is_refused_never_raised(value: bytes) -> None:
    found = births.read(raw(BIRTHS, value, key={"id": 17}))
    assert codes(found) == ["envelope.undecodable"]
    assert isinstance(found, Rejected)
    assert found.change is None


def test_a_record_without_a_generation_is_refused() -> None:
    record = change(BIRTHS, "c", ROW)
    for headers in ([], [("suoi.generation", b"x")], [("suoi.generation", b"")]):
        found = births.read(Raw(*record[:5], headers))
        assert codes(found) == ["envelope.undecodable"]


@pytest.mark.parametrize("value", [b"3", b'"3"', b" 3 "])
def test_the_generation_is_read_leniently(value: bytes) -> None:
    record = change(BIRTHS, "c", ROW)
    found = births.read(Raw(*record[:5], [("other", b"9"), ("suoi.generation", value)]))
    assert isinstance(found, Change)
    assert found.order.generation == 3


def test_an_unknown_operation_is_refused() -> None:
    assert codes(births.read(change(BIRTHS, "x", ROW))) == ["envelope.unknown_op"]


@pytest.mark.parametrize("key", [{"id": 18}, {"other": 17}, None, {"id": None}])
def test_a_key_that_is_not_the_rows_is_refused(key: dict[str, int] | None) -> None:
    assert codes(births.read(change(BIRTHS, "u", ROW, key=key))) == ["envelope.key_mismatch"]


@pytest.mark.parametrize("op", ["c", "u", "r"])
@pytest.mark.parametrize(
    "hole",
    [
        "__debezium_unavailable_value",
        "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
        ["__debezium_unavailable_value"],
    ],
)
def test_a_hole_is_refused_on_every_operation(op: str, hole: object) -> None:
    found = births.read(change(BIRTHS, op, ROW | {"ma_xa": hole, "so_ks": hole}))
    assert set(codes(found)) == {"envelope.toast_unresolved"}  # Invariant 7
    assert isinstance(found, Rejected)
    assert len(found.problems) == 2  # Invariant 5
    assert found.change is not None


def test_a_hole_in_a_column_not_taken_or_inside_a_text_is_no_hole() -> None:
    mark = "__debezium_unavailable_value"
    row = ROW | {"khong_lay": mark, "so_ks": f"a {mark}"}
    assert isinstance(births.read(change(BIRTHS, "u", row)), Change)


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "extra",
    [
        {"ho_ten": "x" * (1024 * 1024)},
        {f"c{number}": 1 for number in range(500)},
        {"ho_ten": nested(25)},
    ],
)
def test_a_row_too_large_is_refused(extra: dict[str, object]) -> None:
    found = births.read(change(BIRTHS, "u", ROW | extra))
    assert codes(found) == ["size.record"]


def test_nesting_beyond_the_stack_is_refused() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    value = b'{"op":"c","source":{},"after":{"id":' + deep + b"}}"
    assert codes(births.read(raw(BIRTHS, value, key={"id": 17}))) == ["size.record"]


def test_the_image_before_does_not_count_as_size() -> None:
    big = ROW | {"ho_ten": "x" * 700_000}
    assert isinstance(births.read(change(BIRTHS, "u", big, before=big)), Change)


def test_no_sentence_holds_a_personal_value() -> None:
    found = births.read(change(BIRTHS, "u", ROW, key={"id": 99}))
    assert isinstance(found, Rejected)
    assert "Lò" not in "".join(item.message for item in found.problems)  # Invariant 6


@pytest.mark.parametrize(
    "value",
    [
        *("1", "-0", "1.0", "1e3", "0.1", "9223372036854775808", "123456789012345678901234567890"),
        *('"a"', '"\\u0000"', "true", "null", "[1]", '{"a":[]}', "[[[]]]"),
    ],
)
def test_a_row_reads_the_same_whether_or_not_anything_in_it_nests(value: str) -> None:
    text = f'{{"op":"c","source":{{}},"after":{{"a":{value},"b":1}}}}'.encode()
    usual, general = open_envelope(text), msgspec.json.decode(text, type=Envelope)
    assert repr(usual.after) == repr(general.after)
    assert isinstance(usual, FlatEnvelope) == (value[0] not in "[{")
