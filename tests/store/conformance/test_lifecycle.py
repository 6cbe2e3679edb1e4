import asyncio

import pytest

from shipledger.errors import Unavailable
from tests.support.factories import ACME, make_receipt

pytestmark = pytest.mark.pooled


async def test_a_ping_succeeds_while_writes_do(store):
    await store.ping()


async def test_a_closed_store_is_unavailable(store):
    await store.close()
    await store.close()
    for call in (store.ping(), store.get_backlog(), store.count_deployments(ACME), store.list_organizations()):
        with pytest.raises(Unavailable):
            await call


async def test_closing_finishes_what_is_under_way(store):
    writes = [asyncio.create_task(store.append_receipts([make_receipt(number)], claimed_by=None)) for number in range(50)]
    reads = [asyncio.create_task(store.list_organizations()) for _ in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [None] * 50
    assert all(await asyncio.gather(*reads))


async def test_a_caller_that_gives_up_harms_nobody(store):
    given_up = asyncio.create_task(store.append_receipts([make_receipt(1)], claimed_by=None))
    reading = asyncio.create_task(store.list_organizations())
    await asyncio.sleep(0)
    given_up.cancel()
    reading.cancel()
    await store.append_receipts([make_receipt(2)], claimed_by=None)
    assert await store.list_organizations()
    async with asyncio.timeout(10):  # what was given up goes on, in its own time
        while (await store.get_backlog()).pending != 2:  # noqa: ASYNC110  the store has no signal for a test
            await asyncio.sleep(0.01)


async def test_what_was_written_is_read_at_once(store):
    for number in range(30):
        await store.append_receipts([make_receipt(number)], claimed_by=None)
        assert await store.find_settlement(ACME, make_receipt(number).receipt_id) is not None
