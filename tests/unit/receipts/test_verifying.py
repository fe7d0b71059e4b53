"""The chain of a unit, and the command that verifies with nothing but files."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some
from support.receipts import DAY, KEY, OTHER, UNIT, body, chain
from typer.testing import CliRunner, Result

from consumers.ledger.receipts.chain import broken, hold
from consumers.ledger.receipts.document import Link, Receipt, sha256, sign
from consumers.ledger.receipts.lines import Kept, file_name
from consumers.ledger.receipts.words import Fault
from infra.errors import Fatal, Usage
from infra.local.receipt_key import make_receipt_key, public_pem, read_private, read_public
from suoi.command import build

DAYS = [DAY + timedelta(days=number) for number in range(4)]
LONG = chain(DAYS[0], DAYS[1], DAYS[0], DAYS[2], DAYS[3])


def fault(documents: dict[str, bytes]) -> Fault | None:
    held = hold(documents, [KEY.public_key()])
    return held if isinstance(held, Fault) else broken(held)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No stack is here."""
    monkeypatch.setenv("SUOI_HOME", str(tmp_path / "no-stack"))


def ask(*words: object) -> Result:
    """Run `suoi receipt …`."""
    return CliRunner().invoke(build(["receipt"]), ["receipt", *map(str, words)])


def laid(directory: Path, documents: dict[str, bytes]) -> Path:
    """Write *documents* as files."""
    directory.mkdir(exist_ok=True)
    for name, document in documents.items():
        (directory / name).write_bytes(document)
    return directory


def public(directory: Path, key: Ed25519PrivateKey = KEY) -> Path:
    path = directory / "public.pem"
    path.write_text(public_pem(key.public_key()))
    return path


def test_a_whole_chain_holds_in_whatever_order_its_files_lie() -> None:
    assert fault(LONG) is None
    assert fault({f"{9 - number}.json": one for number, one in enumerate(LONG.values())}) is None
    assert fault(LONG | {"copy.json": LONG["000002.json"]}) is None


@pytest.mark.parametrize("gone", [1, 2, 3, 4])
def test_a_removed_link_is_named(gone: int) -> None:
    left = {name: one for name, one in LONG.items() if name != f"{gone:06}.json"}
    found = fault(left)
    assert found is not None
    assert found.code == "missing"
    assert f"receipt {gone} of {UNIT}" in found.en
    assert f"biên nhận số {gone} của {UNIT}" in found.vi


@given(some.permutations(range(5)))
def test_links_that_change_places_are_named(order: list[int]) -> None:
    """Even by who holds the key: numbers are given anew and signed, hashes no longer fit."""
    receipts = [msgspec.json.decode(one, type=Receipt).body for one in LONG.values()]
    moved = {
        f"{place}.json": sign(msgspec.structs.replace(receipts[chosen], sequence=place + 1), KEY)
        for place, chosen in enumerate(order)
    }
    found = fault(moved)
    if order == sorted(order):
        assert found is None
    else:
        assert found is not None
        assert found.code in {"torn", "in_file", "uncorrected"}


def test_a_link_replaced_by_another_that_is_signed_is_named() -> None:
    receipt = msgspec.json.decode(LONG["000002.json"], type=Receipt)
    other = sign(
        msgspec.structs.replace(receipt.body, generated_at="2026-03-11T10:00:00.000001Z"), KEY
    )
    found = fault(LONG | {"000002.json": other})
    assert found is not None
    assert (found.code, "receipt 3" in found.en) == ("torn", True)
    found = fault(LONG | {"another.json": other})
    assert found is not None
    assert found.code == "forked"


def test_a_correction_names_the_newest_receipt_of_its_day_and_no_other() -> None:
    first = sign(body(), KEY)
    wrong = (
        None,
        Link(sequence=1, sha256="0" * 64),
        Link(sequence=2, sha256=sha256(first)),
    )
    for link in wrong:
        second = sign(body(2, previous=sha256(first), corrects=link), KEY)
        found = fault({"1.json": first, "2.json": second})
        assert found is not None
        assert found.code == "uncorrected"


def test_a_spoilt_file_in_the_chain_is_named() -> None:
    found = fault(LONG | {"spoilt.json": LONG["000002.json"].replace(b"u", b"v", 1)})
    assert found is not None
    assert (found.code, "spoilt.json" in found.en, "spoilt.json" in found.vi) == (
        "in_file",
        True,
        True,
    )


def test_verify_says_in_both_languages_what_is_proved_and_what_not(tmp_path: Path) -> None:
    laid(tmp_path, LONG)
    done = ask("verify", tmp_path / "000005.json")
    assert done.exit_code == 0
    assert "ĐÚNG: biên nhận số 5" in done.stdout
    assert "VALID: receipt 5" in done.stdout
    assert "Không chứng minh" in done.stdout
    assert "Does not prove" in done.stdout
    assert "is the province's" in done.stdout  # no key was given


def test_verify_with_key_and_chain_proves_more(tmp_path: Path) -> None:
    laid(tmp_path, LONG)
    key = public(tmp_path)
    done = ask("verify", tmp_path / "000005.json", "--key", key, "--chain", tmp_path, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["valid"] is True
    assert {"proves_whole", "proves_origin", "proves_chain"} == {
        one["code"] for one in told["proves"]
    }
    old = json.loads(ask("verify", tmp_path / "000001.json", "--chain", tmp_path, "--json").stdout)
    assert [one["code"] for one in old["notes"]] == ["superseded"]
    assert "receipt 3" in old["notes"][0]["en"]


def test_verify_refuses_with_one_a_changed_receipt(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(LONG["000001.json"].replace(b'"records":42', b'"records":43'))
    done = ask("verify", path)
    assert done.exit_code == 1
    assert "TỪ CHỐI" in done.stdout
    assert "REFUSED" in done.stdout
    told = json.loads(ask("verify", path, "--json").stdout)
    assert (told["valid"], told["reason"]["code"]) == (False, "bad_signature")


def test_verify_refuses_with_one_a_chain_that_lacks_a_link(tmp_path: Path) -> None:
    path = laid(tmp_path / "chain", LONG) / "000005.json"
    (tmp_path / "chain" / "000002.json").unlink()
    done = ask("verify", path, "--chain", tmp_path / "chain")
    assert done.exit_code == 1
    assert f"receipt 2 of {UNIT} is missing" in done.stdout


def test_another_unit_in_the_directory_is_another_chain(tmp_path: Path) -> None:
    other = sign(body(unit="so_tu_phap"), KEY)
    laid(tmp_path, LONG | {"other.json": other})
    assert ask("verify", tmp_path / "000005.json", "--chain", tmp_path).exit_code == 0


def test_verify_refuses_with_one_the_signature_of_another_key(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(LONG["000001.json"])
    key = public(tmp_path, OTHER)
    done = ask("verify", path, "--key", key)
    assert done.exit_code == 1
    assert "not by a key given" in done.stdout


def test_on_the_province_s_own_machine_its_own_key_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for name in ("secrets", "tls"):
        (home / name).mkdir(parents=True)
    make_receipt_key(home / "secrets" / "receipt_ed25519.pem", home / "tls" / "receipts.pem")
    monkeypatch.setenv("SUOI_HOME", str(home))
    path = tmp_path / "forged.json"
    path.write_bytes(LONG["000001.json"])
    assert ask("verify", path).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "nothing.json"),
        ("verify", "."),
        ("verify", "receipt.json", "--key", "receipt.json"),
        ("verify", "receipt.json", "--chain", "nowhere"),
        ("verify", "receipt.json", "--lines", "nowhere"),
        ("make", "--day", "yesterday"),
        ("make", "--day", "2999-01-01"),
        ("show", "so_nnmt", "31/03/2026"),
    ],
)
def test_a_wrong_question_is_usage(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.chdir(tmp_path)
    (tmp_path / "receipt.json").write_bytes(LONG["000001.json"])
    (tmp_path / "no-stack" / "run").mkdir(parents=True)
    done = ask(*words)
    assert isinstance(done.exception, Usage), done.exception


def test_lines_kept_beside_a_receipt_are_verified_with_it(tmp_path: Path) -> None:
    receipt = msgspec.json.decode(LONG["000001.json"], type=Receipt)
    path = tmp_path / "receipt.json"
    path.write_bytes(LONG["000001.json"])
    assert ask("verify", path, "--lines", tmp_path).exit_code == 1  # they are not there
    kept = Kept(tmp_path)
    kept.copy("nnmt_ocop", "stored", b"one line\n")
    kept.copy("nnmt_ocop", "refused", b"of another moment\n")
    name = file_name(receipt.body, "nnmt_ocop", "stored")
    assert kept.keep(receipt) == [name]
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert {one.name for one in tmp_path.iterdir()} == {"receipt.json", name}
    assert "very lines" in ask("verify", path, "--lines", tmp_path).stdout
    left = Kept(tmp_path / ".")
    left.copy("nnmt_ocop", "stored", b"of a receipt that was not made\n")
    left.drop()
    assert {one.name for one in tmp_path.iterdir()} == {"receipt.json", name}
    (tmp_path / name).write_bytes(b"one  line\n")
    done = ask("verify", path, "--lines", tmp_path)
    assert (done.exit_code, name in done.stdout) == (1, True)


def test_the_key_is_made_once_and_a_lost_one_is_not_replaced(tmp_path: Path) -> None:

    secret, pem = tmp_path / "secret.pem", tmp_path / "public.pem"
    make_receipt_key(secret, pem)
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    first = read_private(secret).public_key()
    pem.unlink()  # a kill -9 between the two
    make_receipt_key(secret, pem)
    assert read_public(pem) == first == read_private(secret).public_key()
    secret.unlink()
    make_receipt_key(secret, pem)
    with pytest.raises(Fatal, match="backup"):
        read_private(secret)
