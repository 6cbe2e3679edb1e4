"""An erasure that is killed leaves a whole ledger, and doing it again erases the rest."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from shipledger.store.open import open_store
from tests.support.commands import Commands
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
from tests.support.program import PROGRAM

pytestmark = pytest.mark.smoke

COUNT = 600
PATIENCE_SECONDS = 30.0


async def fill(database: Path) -> None:
    """Many deployments of one credential, which is revoked already."""
    store = await open_store(f"sqlite:///{database}")
    await store.save_organization(make_organization(ACME))
    await store.create_credential(make_credential(1))
    await store.revoke_credential(ACME, make_id(1), now=moment(0))
    numbers = range(2, COUNT + 2)
    await store.append_receipts([make_receipt(number) for number in numbers], claimed_by="node")
    await store.settle(make_batch(*[decide_receipt(make_receipt(number), make_record(number)) for number in numbers]))
    await store.close()


def count(database: Path, kind: str) -> int:
    """How many tombstones of a kind there are."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM tombstone WHERE kind = ?", (kind,)).fetchone()[0])
    finally:
        connection.close()


def kill_once_there_is(database: Path, kind: str) -> None:
    """Start to erase, and kill it with its first tombstone of a kind."""
    environment = {**os.environ, "SHIPLEDGER_DATABASE_URL": f"sqlite:///{database}"}
    command = [PROGRAM, "credential", "delete", make_id(1), "--organization", ACME, "--yes"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while not count(database, kind):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.001)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_killed_twice_it_is_finished_by_doing_it_again(database: Path) -> None:
    cli = Commands(database)
    asyncio.run(fill(database))

    for kind in ("receipt", "deployment_entry"):
        kill_once_there_is(database, kind)
        assert 0 < count(database, kind) < COUNT
        assert cli("verify", "--json").json["damage"] == []

    cli("credential", "delete", make_id(1), "--organization", ACME, "--yes")
    assert [count(database, kind) for kind in ("receipt", "deployment_entry", "credential")] == [COUNT, COUNT, 1]
    verified = cli("verify", "--json").json
    assert verified["damage"] == []
    assert cli("rebuild", "--json").json["erased"] == COUNT
