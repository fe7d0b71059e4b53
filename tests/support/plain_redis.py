"""A Redis for one test run: loopback, in memory, with the sink's and the portal's ACL users."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import redis

from infra.settings import RedisAccess
from support.waiting import until

_ACL = """\
user default off
user admin on >only-a-test ~* &* +@all
user sink on >only-a-test ~pub:* &pub:* -@all +@read +@write +@scripting +@transaction +@pubsub \
+ping +hello +auth +select +client|setname -@dangerous -@admin
user portal on >only-a-test %R~pub:* &pub:* -@all +@read +subscribe +unsubscribe +psubscribe \
+punsubscribe +ping +hello +auth +client|setname -@dangerous -scan -randomkey -dbsize
"""
_CONF = 'port {port}\nbind 127.0.0.1\nsave ""\nmaxmemory-policy noeviction\naclfile {acl}\n'


class RedisServer:
    """The running server; `restart` brings it back empty."""

    def __init__(self, directory: Path) -> None:
        """Prepare *directory*; nothing runs yet."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._conf = directory / "redis.conf"
        self._password = directory / "password"
        self._password.write_text("only-a-test\n")
        (directory / "users.acl").write_text(_ACL)
        self._conf.write_text(_CONF.format(port=self.port, acl=directory / "users.acl"))
        self._process: subprocess.Popen[bytes] | None = None

    def access(self, user: str) -> RedisAccess:
        """How *user* reaches it."""
        return RedisAccess(
            host="127.0.0.1", port=self.port, user=user, password_file=self._password
        )

    def admin(self) -> redis.Redis:
        """A client that may look at everything."""
        password = self._password.read_text().strip()
        return redis.Redis(port=self.port, username="admin", password=password)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [shutil.which("redis-server") or "redis-server", str(self._conf)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        until(self._answers)

    def stop(self) -> None:
        """Kill it: what it held is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        with self.admin() as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


@contextlib.contextmanager
def plain_redis() -> Iterator[RedisServer]:
    """Run a server until the block ends."""
    with tempfile.TemporaryDirectory(prefix="suoi-redis-") as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()
