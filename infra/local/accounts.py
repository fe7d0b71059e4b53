"""Under which system account a server runs: databases refuse root, or should not be it."""

import os
import pwd
import shutil
from pathlib import Path

from infra.errors import Usage


def run_as(user: str) -> tuple[str, ...]:
    """Return the words before a command with which root runs it as *user*; else none.

    Raises:
        Usage: there is no such user.
    """
    if os.geteuid() != 0:
        return ()
    _entry(user)
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--")


def give(path: Path, user: str) -> None:
    """Make *path* the property of *user* where root would otherwise own it."""
    if os.geteuid() == 0:
        shutil.chown(path, user, user)


def open_to(path: Path, user: str) -> bool:
    """Say whether *user* can pass through every directory from / down to *path*."""
    uid = _entry(user).pw_uid
    resolved = path.resolve()
    for place in (resolved, *resolved.parents):
        found = place.stat()
        if not found.st_mode & 0o001 and found.st_uid != uid:
            return False
    return True


def _entry(user: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(user)
    except KeyError:
        message = (
            f"the system user {user} is missing; install its Debian package with `make setup`."
        )
        raise Usage(message) from None
