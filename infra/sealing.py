"""Sealing: AES-256-GCM with keys of a file, for what may lie in a database and be read by nobody.

The file (mode 0600) holds one key a line, `id base64`; the last one seals, all of them open. To
rotate is to add a line: what was sealed before stays readable as long as its key stays in the file.
A nonce is 96 random bits, so one key seals at most 2**32 payloads (NIST SP 800-38D, 8.3).
"""

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.errors import Fatal
from infra.local.files import write_once, write_whole

_KEY_BYTES = 32
_NONCE_BYTES = 12
_OTHERS = 0o077


class Sealed(NamedTuple):
    """One sealed payload, and which key opens it."""

    key_id: str
    nonce: bytes
    body: bytes


class Keys:
    """The keys of one file."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        """Take *keys* by id, the sealing one last; at least one."""
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.current = list(keys)[-1]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the keys, the sealing one last."""
        return tuple(self._ciphers)

    def seal(self, plain: bytes, identity: bytes) -> Sealed:
        """Seal *plain* for *identity*: under any other it cannot be opened."""
        nonce = os.urandom(_NONCE_BYTES)
        body = self._ciphers[self.current].encrypt(nonce, plain, identity)
        return Sealed(self.current, nonce, body)

    def open(self, sealed: Sealed, identity: bytes) -> bytes:
        """Open what was sealed for *identity*.

        Raises:
            Fatal: its key is not here, or it was changed, or it belongs to another identity.
        """
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            message = (
                f"it was sealed with the key {sealed.key_id}, which the key file does not hold; "
                "put the file back from your backup."
            )
            raise Fatal(message)
        try:
            return cipher.decrypt(sealed.nonce, sealed.body, identity)
        except InvalidTag as error:
            message = (
                "the payload was changed, or belongs to another item; it is not shown. Compare the "
                "database with its backup."
            )
            raise Fatal(message) from error


def make_keys(path: Path) -> None:
    """Write a file with one new key (mode 0600) where there is none."""
    if not path.exists():
        write_once(path, _new_line())


def add_key(path: Path) -> str:
    """Add a key that seals from now on, and return its id; who holds the file open starts anew.

    Raises:
        Fatal: the file cannot be read.
    """
    read_keys(path)
    write_whole(path, path.read_text() + _new_line())
    return read_keys(path).current


def read_keys(path: Path) -> Keys:
    """Read the keys at *path*.

    Raises:
        Fatal: the file is away, is readable by others, or holds no keys.
    """
    try:
        if path.stat().st_mode & _OTHERS:
            message = f"{path} may be read by others; `chmod 600` it, and rotate the key."
            raise Fatal(message)
        lines = path.read_text().splitlines()
        keys = dict(map(_key, filter(None, lines)))
    except (OSError, ValueError) as error:
        message = f"{path} holds no keys of the quarantine; put it back from your backup."
        raise Fatal(message) from error
    if not keys:
        message = f"{path} is empty; put it back from your backup."
        raise Fatal(message)
    return Keys(keys)


def _new_line() -> str:
    key = secrets.token_bytes(_KEY_BYTES)
    return f"{_id(key)} {base64.b64encode(key).decode()}\n"


def _key(line: str) -> tuple[str, bytes]:
    name, text = line.split()
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(key) != _KEY_BYTES or name != _id(key):
        raise ValueError
    return name, key


def _id(key: bytes) -> str:
    return hashlib.sha256(b"suoi.quarantine" + key).hexdigest()[:16]
