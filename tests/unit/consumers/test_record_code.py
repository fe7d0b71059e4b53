"""What the compiled code takes of a message is what plain Python would."""

import pytest
from confluent_kafka import Message
from hypothesis import example, given
from hypothesis import strategies as st

from consumers.batch import Record
from consumers.record_code import raw_origin, read_record
from infra.errors import Fatal
from schemas.records import Origin

TOPICS = st.sampled_from(["raw.a.v1", "raw.b.v1", "raw.kết_hôn.v2", "with:colon", ""])
NUMBERS = st.one_of(
    st.integers(0, 2**63 - 1).map(str),
    st.sampled_from(["", "+5", "-5", " 5", "5 ", "007", "1_0", "٣", "9" * 18, "9" * 19, "x"]),
)


def record(headers: dict[str, str]) -> Record:
    return Record("clean.a.v1", 0, 7, b"[1]", None, headers, 0)


def reference(text: str) -> Origin | None:
    try:
        topic, partition, offset = text.rsplit(":", 2)
        return Origin(topic, int(partition), int(offset))
    except ValueError:
        return None


@given(st.one_of(st.builds("{}:{}:{}".format, TOPICS, NUMBERS, NUMBERS), st.text(max_size=12)))
@example("")
@example(":")
@example("::")
@example(":0:0")
@example("5")
@example("a:5")
@example(f"a:0:{2**64 + 1}")
def test_a_raw_place_is_read_as_python_reads_it(text: str) -> None:
    wanted = reference(text)
    if wanted is None:
        with pytest.raises(Fatal, match="does not name its raw record"):
            raw_origin(record({"suoi.raw": text}))
    else:
        found = raw_origin(record({"suoi.raw": text}))
        assert (found, type(found)) == (wanted, Origin)


def test_one_raw_topic_is_not_taken_for_the_next() -> None:
    names = ["raw.a.v1", "raw.a.v1", "raw.b.v1", "raw.a.v10", "raw.a.v1"]
    found = [raw_origin(record({"suoi.raw": f"{name}:1:{n}"})) for n, name in enumerate(names)]
    assert found == [Origin(name, 1, n) for n, name in enumerate(names)]


def test_a_reject_says_it_under_the_names_of_connect() -> None:
    given_ = zip(Origin._fields, "a12", strict=True)
    named = {f"__connect.errors.{name}": value for name, value in given_}
    assert raw_origin(record(named)) == Origin("a", 1, 2)
    del named["__connect.errors.offset"]
    with pytest.raises(Fatal):
        raw_origin(record(named))


@pytest.mark.parametrize("topic", ["clean.a.v1", "clean.b.v1"])
def test_a_message_is_taken_whole(topic: str) -> None:
    headers = [("suoi.op", b"c"), ("empty", b""), ("none", None), ("odd", b"\xff\xc6\xa1")]
    given_ = Message(
        topic=topic, partition=3, offset=9, key=b"[1]", value=None, headers=headers,
        error=None, timestamp=(1, 1_773_200_000_000),
    )  # fmt: skip
    told = {"suoi.op": "c", "empty": "", "none": "", "odd": "\ufffd\u01a1"}
    assert read_record(given_) == Record(topic, 3, 9, b"[1]", None, told, 1_773_200_000_000)


def test_a_message_without_headers_has_none() -> None:
    bare = Message(
        topic="a", partition=0, offset=0, key=None, value=b"v", headers=None,
        error=None, timestamp=(0, 0),
    )  # fmt: skip
    assert read_record(bare) == Record("a", 0, 0, None, b"v", {}, 0)
