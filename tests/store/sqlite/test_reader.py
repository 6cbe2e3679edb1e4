import asyncio
import sqlite3
import threading

import pytest

from shipledger.errors import Unavailable
from tests.support.factories import make_receipt
from tests.support.stores import sqlite_store


@pytest.fixture
async def store(tmp_path):
    async with sqlite_store(tmp_path) as opened:
        yield opened


async def test_a_slow_read_holds_up_neither_other_reads_nor_writes_nor_the_loop(store):
    gate = threading.Event()
    slow = asyncio.create_task(store._read(lambda connection: gate.wait()))
    await asyncio.sleep(0)
    assert len(await asyncio.gather(*(store.list_organizations() for _ in range(50)))) == 50
    await store.append_receipts([make_receipt(1)], claimed_by=None)
    assert not slow.done()
    gate.set()
    await slow


async def test_long_questions_have_a_thread_of_their_own(store):
    gate = threading.Event()
    slow = [asyncio.create_task(store._read_long(lambda connection: gate.wait())) for _ in range(4)]
    await asyncio.sleep(0)
    assert await store.list_organizations()
    gate.set()
    await asyncio.gather(*slow)


async def test_readers_cannot_write(store):
    with pytest.raises(Unavailable, match="permissions"):
        await store._read(lambda connection: connection.execute("DELETE FROM receipt"))


async def test_a_fault_in_one_read_is_told_to_its_caller_alone(store):
    def fail(connection):
        connection.execute("SELECT nonsense")

    wrong, right = await asyncio.gather(store._read(fail), store.list_organizations(), return_exceptions=True)
    assert isinstance(wrong, sqlite3.OperationalError)
    assert len(right) == 2


async def test_reads_see_no_half_of_a_write(store):
    async def write():
        for number in range(0, 60, 2):
            await store.append_receipts([make_receipt(number), make_receipt(number + 1)], claimed_by=None)

    async def read():
        return [(await store.get_backlog()).pending % 2 for _ in range(60)]

    _, odd = await asyncio.gather(write(), read())
    assert not any(odd)
