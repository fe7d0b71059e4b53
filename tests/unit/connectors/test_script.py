"""The DBA's script: all that capture needs, no more, and no secret in it."""

import base64
import hashlib
import hmac

from connectors import dba
from connectors.mariadb.script import native_hash
from connectors.postgres.script import scram_verifier
from connectors.sources import read_sources
from schemas.contract import Dataset

JUSTICE, FARMS = read_sources()["so_tu_phap"], read_sources()["so_nnmt"]


def test_postgres_grants_and_publishes_exactly_the_tables_of_contracts(birth: Dataset) -> None:
    text = dba.script(JUSTICE, [birth])
    assert "GRANT SELECT ON ho_tich.khai_sinh TO cdc_so_tu_phap" in text
    assert "ADD TABLE ONLY ho_tich.khai_sinh" in text
    assert "khai_tu" not in text
    assert "SUPERUSER" not in text.replace("NOSUPERUSER", "").replace("a superuser", "")


def test_mariadb_shows_structure_of_all_tables_and_rows_of_the_taken_ones(
    product: Dataset,
) -> None:
    text = dba.script(FARMS, [product])
    assert "GRANT REFERENCES, LOCK TABLES ON so_nnmt.*" in text
    assert "GRANT SELECT ON so_nnmt.ocop TO cdc_so_nnmt" in text
    assert "GRANT SELECT ON so_nnmt.*" not in text


def test_without_a_password_the_dba_is_told_how_to_give_one(
    birth: Dataset, product: Dataset
) -> None:
    assert "\\getenv password SUOI_CDC_PASSWORD" in dba.script(JUSTICE, [birth])
    assert "SET @hash = PASSWORD('...')" in dba.script(FARMS, [product])


def test_with_a_password_only_its_hash_is_written(birth: Dataset, product: Dataset) -> None:
    for text in (
        dba.script(JUSTICE, [birth], "a-long-secret"),
        dba.script(FARMS, [product], "a-long-secret"),
    ):
        assert "a-long-secret" not in text


def test_the_verifier_is_what_postgres_would_store() -> None:
    _, rest, keys = scram_verifier("secret").split("$")
    count, salt = rest.split(":")
    stored, server = keys.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", b"secret", base64.b64decode(salt), int(count))
    client = hmac.digest(salted, b"Client Key", "sha256")
    assert base64.b64decode(stored) == hashlib.sha256(client).digest()
    assert base64.b64decode(server) == hmac.digest(salted, b"Server Key", "sha256")


def test_the_native_hash_is_what_mariadb_would_store() -> None:
    assert native_hash("pw2") == "*B27918D2D9402882CEADA0EF687D35FBDC137D72"
