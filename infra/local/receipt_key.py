"""The key that signs receipts: made once with the stack; its public half is for everybody."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.errors import Fatal, Usage
from infra.local.files import write_once, write_whole

_REMEDY = (
    "Put it back from your backup: people know its public half. If it is lost, remove "
    "tls/receipts.pem too; `suoi up` then makes a new pair, whose public half you publish as well."
)


def make_receipt_key(secret: Path, public: Path) -> None:
    """Write the private key *secret* (mode 0600), then its *public* half, once.

    A kill between the two leaves the secret, from which the public half follows next time. A
    secret that was lost is not replaced: people know its public half; `read_private` tells.
    """
    if not secret.exists() and not public.exists():
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, form, plain)
        write_once(secret, pem.decode())
    if not public.exists():
        write_whole(public, public_pem(read_private(secret).public_key()), 0o644)


def read_private(path: Path) -> Ed25519PrivateKey:
    """Read the private key.

    Raises:
        Fatal: the file is away or holds no Ed25519 key.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = f"{path} holds no private key. {_REMEDY}"
        raise Fatal(message) from error
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path} holds a key that is not Ed25519. {_REMEDY}"
        raise Fatal(message)
    return key


def read_public(path: Path) -> Ed25519PublicKey:
    """Read a public key (PEM).

    Raises:
        Usage: the file is away or holds no Ed25519 public key.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        message = f"{path} holds no Ed25519 public key; `suoi receipt key` prints the right one."
        raise Usage(message)
    return key


def public_pem(key: Ed25519PublicKey) -> str:
    """Return *key* as people exchange it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()
