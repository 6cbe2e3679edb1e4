"""What becomes of writes when the disk, another process or one of the writes fails."""

import asyncio
import contextlib
import resource
import sqlite3
import threading
from functools import partial

import pytest

from shipledger.errors import Conflict, Unavailable
from shipledger.store.sqlite import connection as sqlite_connection
from shipledger.store.sqlite import session as sqlite_session
from tests.support.factories import ACME, decide_receipt, make_batch, make_receipt, make_record
from tests.support.stores import opened, sqlite_store, sqlite_url


@pytest.fixture
async def store(tmp_path):
    async with sqlite_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch):
    """Connections that wait only a moment for another process."""
    impatient = partial(sqlite_connection.connect_writer, busy_seconds=0.05)
    monkeypatch.setattr(sqlite_session, "connect_writer", impatient)


@contextlib.contextmanager
def full_disk(folder):
    """No file can grow beyond what the log has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "ledger.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def append(store, number):
    return store.append_receipts([make_receipt(number)], claimed_by=None)


async def count_pending(store):
    return (await store.get_backlog()).pending


async def test_what_waits_is_committed_together(store):
    statements = []
    started, gate = threading.Event(), threading.Event()

    def hold(connection):
        connection.set_trace_callback(statements.append)
        started.set()
        gate.wait()

    held = asyncio.create_task(store._writer.run(hold))
    await asyncio.to_thread(started.wait)
    writes = [asyncio.create_task(append(store, number)) for number in range(100)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(held, *writes)
    assert statements.count("COMMIT;") == 2
    assert await count_pending(store) == 100


async def test_a_failing_operation_undoes_only_itself(store):
    def fail_late(connection):
        connection.execute(store._sql["append_receipts"], {"rows": "[]", "claimed_by": None, "are_names_noted": 0})
        columns = {"organization_id": "x", "slug": "x", "name": "x", "created_us": 1, "digest": None}
        connection.execute(store._sql["save_organization"], columns)
        raise ValueError("a fault of ours")

    before, failed, after = await asyncio.gather(
        append(store, 1), store._writer.run(fail_late), append(store, 2), return_exceptions=True
    )
    assert (before, after) == (None, None)
    assert isinstance(failed, ValueError)
    assert await store.find_organization("x") is None
    assert await count_pending(store) == 2


async def test_a_full_disk_refuses_all_that_waits_and_heals_without_a_restart(store, tmp_path):
    await append(store, 0)
    with full_disk(tmp_path):
        outcomes = await asyncio.gather(*(append(store, number) for number in range(1, 21)), return_exceptions=True)
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        with pytest.raises(Unavailable):
            await store.ping()
        assert await count_pending(store) == 1
    await store.ping()
    await asyncio.gather(*(append(store, number) for number in range(1, 21)))
    assert await count_pending(store) == 21
    assert await store.find_damage() == []


async def test_a_full_database_is_told_from_a_broken_write(store):
    limit = await store._writer.run(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await store._writer.run(lambda connection: connection.execute(f"PRAGMA max_page_count = {limit}").fetchall())
    receipts = [make_receipt(number, body="x" * 10_000) for number in range(50)]
    with pytest.raises(Unavailable, match="free some space"):
        await store.append_receipts(receipts, claimed_by=None)
    await store._writer.run(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchall())
    await store.append_receipts(receipts, claimed_by=None)
    assert await count_pending(store) == 50


async def test_a_settlement_on_a_full_disk_settles_nothing(store, tmp_path):
    receipts = [make_receipt(number) for number in range(64)]
    await store.append_receipts(receipts, claimed_by="a")
    batch = make_batch(*(decide_receipt(receipt, make_record(number)) for number, receipt in enumerate(receipts)))
    with full_disk(tmp_path), pytest.raises(Unavailable):
        await store.settle(batch)
    assert await count_pending(store) == 64
    assert await store.count_entries() == 0
    await store.settle(batch)
    assert await store.count_entries() == 64


async def test_writes_wait_for_another_process_and_then_give_up(impatient, tmp_path):
    async with sqlite_store(tmp_path) as store:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="another program"):
            await append(store, 1)
        assert await count_pending(store) == 0
        other.execute("ROLLBACK")
        other.close()
        await append(store, 1)
        assert await count_pending(store) == 1


async def test_a_write_waits_out_the_short_transaction_of_another_process(store, tmp_path):
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(append(store, 1))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting


async def test_what_another_process_writes_is_seen(store, tmp_path):
    async with opened(sqlite_url(tmp_path)) as other:
        await append(other, 1)
        assert await store.find_receipt(ACME, make_receipt(1).receipt_id) is not None
        with pytest.raises(Conflict):
            await append(store, 1)


async def test_a_lost_connection_is_replaced(store):
    connection = store._writer._connection
    connection.close()
    with pytest.raises(Unavailable):
        await append(store, 1)
    await append(store, 2)
    assert store._writer._connection is not connection
    assert await count_pending(store) == 1
