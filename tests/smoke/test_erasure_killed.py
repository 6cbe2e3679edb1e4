"""An erasure that is killed leaves a whole ledger, and doing it again erases the rest."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import pytest

from shipledger.store.open import open_store
from tests.support.factories import (
    ACME,
    decide_receipt,
    make_batch,
    make_credential,
    make_id,
    make_organization,
    make_receipt,
    make_record,
    moment,
)
from tests.support.program import PROGRAM, RunningServer
from tests.support.questions import ask

pytestmark = pytest.mark.smoke

COUNT = 600
DELETE = ("credential", "delete", make_id(1), "--organization", ACME, "--yes")
PATIENCE_SECONDS = 60.0
COUNTED = "SELECT count(*) FROM tombstone WHERE kind = '{kind}'"


async def fill(database_url: str) -> None:
    """Many deployments of one credential, which is revoked already."""
    store = await open_store(database_url)
    await store.save_organization(make_organization(ACME))
    await store.create_credential(make_credential(1))
    await store.revoke_credential(ACME, make_id(1), now=moment(0))
    numbers = range(2, COUNT + 2)
    await store.append_receipts([make_receipt(number) for number in numbers], claimed_by="node")
    await store.settle(make_batch(*[decide_receipt(make_receipt(number), make_record(number)) for number in numbers]))
    await store.close()


def count(database_url: str, kind: str) -> int:
    """How many tombstones of a kind there are."""
    return int(ask(database_url, COUNTED.format(kind=kind))[0][0])


@asynccontextmanager
async def looking(database_url: str, kind: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Counts the tombstones of a kind over one connection: to make one takes longer than there is time."""
    question = COUNTED.format(kind=kind)
    if database_url.startswith("postgresql:"):
        server = await asyncpg.connect(database_url)
        try:
            yield lambda: server.fetchval(question)
        finally:
            await server.close()
    else:
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:

            async def look() -> int:
                [found] = file.execute(question).fetchone()
                return int(found)

            yield look


async def look_until_there_is(database_url: str, kind: str, process: subprocess.Popen[bytes]) -> None:
    """Return with the first tombstone of a kind."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    async with looking(database_url, kind) as look:
        while not await look():
            assert process.poll() is None
            assert time.monotonic() < deadline
            await asyncio.sleep(0.001)


def kill_once_there_is(program: RunningServer, kind: str) -> None:
    """Start to erase, and kill it with its first tombstone of a kind."""
    environment = {**os.environ, "SHIPLEDGER_DATABASE_URL": program.database_url}
    process = subprocess.Popen([PROGRAM, *DELETE], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(look_until_there_is(program.database_url, kind, process))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_killed_twice_it_is_finished_by_doing_it_again(database_url: str, tmp_path: Path) -> None:
    program = RunningServer(tmp_path, database_url=database_url, environment={"SHIPLEDGER_TOKEN_KEY": "a key of tests"})
    asyncio.run(fill(database_url))

    for kind in ("receipt", "deployment_entry"):
        kill_once_there_is(program, kind)
        assert 0 < count(database_url, kind) < COUNT
        assert program.run_here("verify", "--json").json["damage"] == []

    program.run_here(*DELETE)
    assert [count(database_url, kind) for kind in ("receipt", "deployment_entry", "credential")] == [COUNT, COUNT, 1]
    assert program.run_here("verify", "--json").json["damage"] == []
    assert program.run_here("rebuild", "--json").json["erased"] == COUNT
