"""Payloads at rest: sealed for one item alone, opened with the keys of one file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.payloads import Identity, Payload, seal, unseal
from infra.errors import Fatal
from infra.sealing import Keys, Sealed, add_key, make_keys, read_keys
from schemas.records import Origin

ITEM = Identity("tp_thu", Origin("raw.so_thu.thu.thu", 1, 7), 2)
PAYLOAD = Payload(b'{"id":7}', '{"ten":"Lò Thị Mẫu"}'.encode())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    make_keys(made)
    return made


def test_what_was_sealed_opens_and_says_nothing_before(path: Path) -> None:
    keys = read_keys(path)
    first, second = seal(keys, ITEM, PAYLOAD), seal(keys, ITEM, PAYLOAD)
    assert unseal(keys, ITEM, first) == PAYLOAD
    assert first.body != second.body
    for part in (b"id", "Mẫu".encode()):
        assert part not in first.body  # Invariant 6


@given(key=st.none() | st.binary(max_size=20), value=st.binary(max_size=50))
def test_any_bytes_come_back_as_they_were(key: bytes | None, value: bytes) -> None:
    keys = Keys({"a": bytes(32)})
    assert unseal(keys, ITEM, seal(keys, ITEM, Payload(key, value))) == Payload(key, value)


@pytest.mark.parametrize(
    "other",
    [
        ITEM._replace(dataset="tp_khac"),
        ITEM._replace(raw=ITEM.raw._replace(offset=8)),
        ITEM._replace(raw=ITEM.raw._replace(partition=0)),
        ITEM._replace(ruleset=3),
    ],
)
def test_a_payload_moved_to_another_item_does_not_open(path: Path, other: Identity) -> None:
    keys = read_keys(path)
    with pytest.raises(Fatal, match="another item"):
        unseal(keys, other, seal(keys, ITEM, PAYLOAD))


def test_a_changed_payload_does_not_open(path: Path) -> None:
    keys = read_keys(path)
    whole = seal(keys, ITEM, PAYLOAD)
    for body in (whole.body[:-1], bytes([whole.body[0] ^ 1]) + whole.body[1:]):
        with pytest.raises(Fatal, match="changed"):
            unseal(keys, ITEM, whole._replace(body=body))


def test_a_new_key_seals_and_the_old_one_still_opens(path: Path) -> None:
    old = seal(read_keys(path), ITEM, PAYLOAD)
    name = add_key(path)
    keys = read_keys(path)
    new = seal(keys, ITEM, PAYLOAD)
    assert (new.key_id, keys.ids) == (name, (old.key_id, name))
    assert [unseal(keys, ITEM, one) for one in (old, new)] == [PAYLOAD, PAYLOAD]


def test_a_lost_key_is_named(path: Path, tmp_path: Path) -> None:
    make_keys(tmp_path / "others")
    sealed = seal(read_keys(path), ITEM, PAYLOAD)
    with pytest.raises(Fatal, match=sealed.key_id):
        unseal(read_keys(tmp_path / "others"), ITEM, sealed)


def test_keys_are_made_once_for_their_owner_alone(path: Path) -> None:
    before = path.read_text()
    make_keys(path)
    assert path.read_text() == before
    assert path.stat().st_mode & 0o777 == 0o600
    add_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(Fatal, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize("text", ["", "abc", "abc AAAA\n", "abc !!\n", "a b c\n"])
def test_a_file_without_keys_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(Fatal, match="backup"):
        read_keys(path)


def test_a_file_that_is_away_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="backup"):
        read_keys(tmp_path / "nowhere")


def test_a_sealed_payload_names_its_key(path: Path) -> None:
    sealed = seal(read_keys(path), ITEM, PAYLOAD)
    assert isinstance(sealed, Sealed)
    assert len(sealed.nonce) == 12
