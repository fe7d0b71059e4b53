"""A MariaDB server for one test run: loopback, root without password, gone when the test is."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT

from infra.local import programs
from support.waiting import until

_AS = ["setpriv", "--reuid=mysql", "--regid=mysql", "--init-groups"]
_CONF = """\
[mariadbd]
port={port}
bind-address=127.0.0.1
socket=mariadb.sock
pid-file=mariadb.pid
skip-name-resolve
log-bin=binlog
binlog-format=ROW
binlog-row-image=FULL
server-id=7
sql-mode=
character-set-server=utf8mb4
collation-server=utf8mb4_unicode_ci
innodb-buffer-pool-size=32M
innodb-flush-log-at-trx-commit=0
"""


class MariaDB:
    """The running server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect(self, database: str | None = None, user: str = "root") -> pymysql.Connection:
        """Enter as *user*."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def run(self, script: str, database: str | None = None) -> None:
        """Run a script of several statements."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass

    def answers(self) -> bool:
        """Tell whether it takes a connection."""
        try:
            self.connect().close()
        except pymysql.Error:
            return False
        return True


@contextlib.contextmanager
def plain_mariadb() -> Iterator[MariaDB]:
    """Run a fresh server until the block ends."""
    with tempfile.TemporaryDirectory(prefix="suoi-maria-") as directory:
        root = Path(directory)
        data, conf = root / "data", root / "server.cnf"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        conf.write_text(_CONF.format(port=port))
        if os.geteuid() == 0:
            root.chmod(0o755)
            data.mkdir()
            shutil.chown(data, "mysql", "mysql")
        account = _AS if os.geteuid() == 0 else []
        where = [f"--defaults-file={conf}", f"--datadir={data}"]
        quietly = ["--skip-test-db", "--auth-root-authentication-method=normal"]
        making = [*account, str(programs.mariadb_installer()), *where, *quietly]
        subprocess.run(making, check=True, capture_output=True)
        with (root / "log").open("wb") as log:
            process = subprocess.Popen(
                [*account, str(programs.mariadb()), *where],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        server = MariaDB(port)
        try:
            until(server.answers)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
