"""The recipes of docs/how-to/back-up.md for PostgreSQL, run as they stand there, give the ledger back."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.smoke import aftermath
from tests.smoke.cluster import DURABLE, make_node
from tests.smoke.pounding import Pounding
from tests.smoke.refusing import pound_until_acknowledged
from tests.support.contents import Rows, read_rows
from tests.support.postgres import USER, PostgresServer, find_binaries, find_owner
from tests.support.program import RunningServer
from tests.support.project import DOCS, read

pytestmark = pytest.mark.smoke

PAGE = DOCS / "how-to" / "back-up.md"
WRITTEN = 40
ARCHIVED_WITHIN_SECONDS = 30.0
OF_RUNNING_NODES = {"node", "lease"}
LEDGER = "ledger"


class Site:
    """A PostgreSQL with a folder for backups, and somebody who follows the page."""

    def __init__(self) -> None:
        self.server = PostgresServer(settings=DURABLE)
        self.backups = Path(tempfile.mkdtemp(prefix="shipledger-backups-"))
        (self.backups / "wal").mkdir()
        for folder in (self.backups, self.backups / "wal"):
            self.server.own(folder)

    def run(self, program: str) -> None:
        """Run the command of the page that begins with ``program``."""
        (command,) = re.findall(rf"^    ({program} .+)$", read(PAGE), re.MULTILINE)
        environment = {
            **os.environ,
            "PATH": f"{find_binaries()}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.server.port),
            "PGUSER": USER,
            "SHIPLEDGER_DATABASE_URL": self.server.url(LEDGER),
        }
        done = subprocess.run(
            ["bash", "-euc", self._here(command)],
            user=find_owner(),
            cwd=self.backups,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def set(self, *names: str, **changes: str) -> None:
        """Put these settings into PostgreSQL's file as the page has them."""
        found = dict(re.findall(r"^    (\w+) = (.+)$", read(PAGE), re.MULTILINE))
        lines = [f"{name} = {changes.get(name) or self._here(found[name])}\n" for name in names]
        with (self.server.data / "postgresql.conf").open("a") as file:
            file.writelines(lines)

    def _here(self, text: str) -> str:
        return text.replace("/var/backups", str(self.backups))

    async def ask(self, question: str) -> object:
        connection = await asyncpg.connect(self.server.url("postgres"))
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    try:
        made.server.start()
        asyncio.run(made.server.execute(f'CREATE DATABASE "{LEDGER}" TEMPLATE template0'))
        yield made
    finally:
        made.server.close()
        shutil.rmtree(made.backups, ignore_errors=True)


@pytest.fixture
def node(site: Site, tmp_path: Path) -> Iterator[RunningServer]:
    running = make_node(tmp_path, site.server.url(LEDGER), 1)
    running.start()
    yield running
    running.close()


def write(node: RunningServer, key: str, seed: int) -> Pounding:
    """Writes that are acknowledged and settled."""
    pounding = Pounding(node.url, key=key, seed=seed)
    asyncio.run(pound_until_acknowledged(pounding, WRITTEN))
    aftermath.wait_until_settled(node)
    return pounding


def read_ledger(database_url: str) -> Rows:
    rows = asyncio.run(read_rows(database_url))
    return {table: found for table, found in rows.items() if table not in OF_RUNNING_NODES}


def list_digests(node: RunningServer) -> list[str]:
    """What ``verify`` prints of each table, once it has found no fault."""
    return re.findall(r"^\w+ +[0-9a-f]{64}$", node.run_here("verify").out, re.MULTILINE)


def test_a_dump_that_is_taken_while_a_node_serves_is_the_ledger(site: Site, node: RunningServer, tmp_path: Path) -> None:
    key = node.credential()
    pounding = write(node, key, seed=7)
    contents = None
    while contents != (contents := read_ledger(node.database_url)):  # until nothing is sealed meanwhile
        site.run("pg_dump")
    digests = list_digests(node)
    write(node, key, seed=8)
    assert read_ledger(node.database_url) != contents

    site.run("createdb")
    site.run("pg_restore")
    restored = make_node(tmp_path, site.server.url("shipledger_restored"), 2)
    assert read_ledger(restored.database_url) == contents
    assert len(digests) > 3
    assert list_digests(restored) == digests
    restored.start()
    try:
        aftermath.check(restored, pounding.acknowledged)
        aftermath.check_status(restored, key, pounding.acknowledged)
    finally:
        restored.close()


def test_a_base_backup_and_the_archive_give_the_ledger_of_a_moment(site: Site, node: RunningServer) -> None:
    key = node.credential()
    site.set("archive_mode", "archive_command")
    site.server.stop()
    site.server.start()
    early = write(node, key, seed=7)
    site.run("pg_basebackup")
    late = write(node, key, seed=8)
    assert node.terminate() == 0
    contents, digests = asyncio.run(read_rows(node.database_url)), list_digests(node)
    moment = asyncio.run(site.ask("SELECT now()"))
    node.start()
    write(node, key, seed=9)
    assert node.terminate() == 0
    last = asyncio.run(site.ask("SELECT pg_walfile_name(pg_switch_wal())"))
    deadline = time.monotonic() + ARCHIVED_WITHIN_SECONDS
    while not (site.backups / "wal" / str(last)).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

    site.server.stop()
    shutil.rmtree(site.server.data)
    shutil.move(site.backups / "base", site.server.data)
    (site.server.data / "recovery.signal").touch()
    site.server.own(site.server.data / "recovery.signal")
    site.set("restore_command", "recovery_target_time", "recovery_target_action", recovery_target_time=f"'{moment}'")
    site.server.start()
    deadline = time.monotonic() + ARCHIVED_WITHIN_SECONDS
    while asyncio.run(site.ask("SELECT pg_is_in_recovery()")):  # it answers questions before it is promoted
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert asyncio.run(read_rows(node.database_url)) == contents
    assert list_digests(node) == digests
    node.start()
    aftermath.check(node, [*early.acknowledged, *late.acknowledged])
    aftermath.verify(node)
