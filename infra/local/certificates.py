"""TLS of the local stack: an authority of its own, and the broker's certificate."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from infra.local.files import write_whole

_YEARS_10 = timedelta(days=3652)
_BITS = 2048


def make_certificates(directory: Path) -> None:
    """Write ca.pem and broker.pem unless both are there.

    broker.pem is what Kafka reads: key, certificate, CA, in that order, without a password.
    The authority's key is not kept: nobody can sign a second broker.
    """
    ca_file, broker_file = directory / "ca.pem", directory / "broker.pem"
    if ca_file.exists() and broker_file.exists():
        return
    ca_key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    ca = _authority(ca_key)
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    broker = _broker(key, ca, ca_key)
    write_whole(broker_file, _pem_key(key) + _pem(broker) + _pem(ca))
    write_whole(ca_file, _pem(ca), 0o644)


def _authority(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = _name("suoi local authority")
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    builder = _builder(name, name, key).add_extension(constraints, critical=True)
    return builder.sign(key, hashes.SHA256())


def _broker(
    key: rsa.RSAPrivateKey, ca: x509.Certificate, ca_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    # the controller's principal is the certificate's name: super.users holds User:CN=broker
    names = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    builder = _builder(_name("broker"), ca.subject, key)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS_10)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_key(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    ).decode()
