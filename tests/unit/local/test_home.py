"""The home of a stack: what is made in it, once, and who may read it."""

import json
import socket
import stat
from pathlib import Path

import pytest
from cryptography import x509

from infra.errors import Fatal, Usage
from infra.local import home as home_module
from infra.local.access import ACCESS, environment, reach, write_reach
from infra.local.home import KAFKA_USERS, Home
from infra.local.ports import LOOPBACK, is_free, read_ports


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(home: Home) -> None:
    first = home.secret("kafka_admin")
    assert Home(home.root).secret("kafka_admin") == first
    assert len(first) >= 32
    assert mode(home.secret_file("kafka_admin")) == 0o600
    assert mode(home.secrets) == 0o700


def test_no_two_secrets_are_alike(home: Home) -> None:
    found = {home.secret(f"kafka_{user}") for user in KAFKA_USERS}
    assert len(found) == len(KAFKA_USERS)


def test_ports_are_chosen_once_free_and_different(home: Home) -> None:
    kept = json.loads((home.root / "ports.json").read_text())
    assert len(set(kept.values())) == len(kept)
    assert Home(home.root).ports == home.ports
    assert all(is_free(port) for port in kept.values())


def test_a_port_given_by_the_environment_is_taken(tmp_path: Path) -> None:
    ports = read_ports(tmp_path / "ports.json", {"SUOI_PORT_PORTAL": "8088"})
    assert ports.portal == 8088
    assert read_ports(tmp_path / "ports.json", {}).portal == 8088


def test_a_word_where_a_port_is_wanted_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="SUOI_PORT_PORTAL must be a port number, not 'x'"):
        read_ports(tmp_path / "ports.json", {"SUOI_PORT_PORTAL": "x"})


def test_a_spoilt_ports_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("[1")
    with pytest.raises(Usage, match="does not hold port numbers"):
        read_ports(tmp_path / "ports.json", {})


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_the_brokers_certificate_speaks_for_loopback_under_our_authority(home: Home) -> None:
    _, broker, ca = (home.tls / "broker.pem").read_text().split("-----BEGIN ")[1:]
    ours = x509.load_pem_x509_certificate(home.ca.read_bytes())
    certificate = x509.load_pem_x509_certificate(f"-----BEGIN {broker}".encode())
    certificate.verify_directly_issued_by(ours)
    assert certificate.subject.rfc4514_string() == "CN=broker"
    assert f"-----BEGIN {ca}" == home.ca.read_text()
    assert mode(home.tls / "broker.pem") == 0o600


def test_a_home_made_again_keeps_its_certificates(home: Home) -> None:
    before = home.ca.read_bytes()
    Home(home.root).make()
    assert home.ca.read_bytes() == before


def test_a_home_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Fatal, match=r"cannot write .*Give another place with --home"):
        Home(tmp_path / "file" / "home").make()


def test_an_almost_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module, "LEAST_FREE", 2**70)
    with pytest.raises(Fatal, match=r"MB are free .* needs 1 GB"):
        Home(tmp_path / "home").make()


@pytest.mark.parametrize("name", ACCESS)
def test_no_environment_holds_a_secret(home: Home, name: str) -> None:
    values = environment(home, name).values()
    secrets = {path.read_text().strip() for path in home.secrets.glob("*") if path.is_file()}
    assert secrets
    assert not secrets & set(values)


def test_the_portal_is_given_no_database_and_no_kafka(home: Home) -> None:
    names = environment(home, "portal")
    assert not [name for name in names if name.startswith(("PG", "SUOI_KAFKA", "SUOI_REGISTRY"))]
    assert names["SUOI_REDIS_USER"] == "portal"  # Invariant 6


def test_a_password_file_of_libpq_is_its_owners(home: Home) -> None:
    passfile = Path(environment(home, "province_sink")["PGPASSFILE"])
    assert mode(passfile) == 0o600
    assert home.secret("pg_province_sink") in passfile.read_text()


def test_the_ways_in_are_kept_for_the_owner_alone(home: Home) -> None:
    path = write_reach(home)
    assert mode(path) == 0o600
    assert json.loads(path.read_text()) == reach(home)


def test_connect_finds_each_secret_in_a_file_of_its_own_directory(home: Home) -> None:
    path = home.connect_secret("so_tu_phap")
    assert path.read_text() == f"password={home.secret('cdc_so_tu_phap')}\n"
    assert path.parent == home.connect_secrets
    assert mode(path) == mode(home.connect_kafka_secret()) == 0o600
