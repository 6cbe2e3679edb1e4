"""A real PgBouncer in transaction mode before the PostgreSQL of the tests."""

from __future__ import annotations

import atexit
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

from tests.support.missing import require_package
from tests.support.postgres import USER, find_free_port, find_owner, shared_server

START_SECONDS = 10.0

CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server_port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
ignore_startup_parameters = {ignored}
logfile = {folder}/pgbouncer.log
"""


class PgBouncer:
    """A running PgBouncer."""

    def __init__(self, *, ignores: str = "") -> None:
        program = require_package("pgbouncer")
        self._folder = Path(tempfile.mkdtemp(prefix="shipledger-pgbouncer-"))
        self.port = find_free_port()
        configuration = self._folder / "pgbouncer.ini"
        configuration.write_text(
            CONFIGURATION.format(
                server_port=shared_server().port, user=USER, port=self.port, folder=self._folder, ignored=ignores
            )
        )
        owner = find_owner()
        if owner:
            shutil.chown(self._folder, owner)
            configuration.chmod(0o644)
        self._process = subprocess.Popen(
            [program, "-q", configuration],
            user=owner,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._await_port()

    def url(self, direct: str) -> str:
        """The address of a database through PgBouncer."""
        return direct.replace(f":{shared_server().port}/", f":{self.port}/")

    def close(self) -> None:
        """Make sure that it is gone."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _await_port(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < deadline, (self._folder / "pgbouncer.log").read_text()
                time.sleep(0.02)
            else:
                return


@cache
def shared_pgbouncer() -> PgBouncer:
    """The PgBouncer of this test process, which refuses settings of a connection as it does by default."""
    pgbouncer = PgBouncer()
    atexit.register(pgbouncer.close)
    return pgbouncer
