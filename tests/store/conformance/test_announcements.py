"""What nodes tell each other, in every store that serves several."""

import asyncio
from contextlib import aclosing

import pytest

from shipledger.store.nodes.announcement import Announcement
from shipledger.store.sqlite.store import SqliteStore
from tests.support.factories import ACME, make_credential, make_id, moment


@pytest.fixture
async def heard(store):
    """A queue of what is announced, once somebody listens."""
    if isinstance(store, SqliteStore):
        pytest.skip("A SQLite file serves one node.")
    announcements = asyncio.Queue()
    listens = asyncio.Event()

    async def listen() -> None:
        async with aclosing(store.listen()) as said:
            async for one in said:
                listens.set()
                await announcements.put(one)

    task = asyncio.create_task(listen())
    async with asyncio.timeout(10):
        await listens.wait()
        assert await announcements.get() == Announcement(are_credentials_changed=True), "what was said before is unknown"
    yield announcements
    task.cancel()


async def next_of(heard) -> Announcement:
    async with asyncio.timeout(10):
        return await heard.get()


async def test_nodes_hear_which_receipts_were_settled_however_many(store, heard):
    ids = tuple(make_id(number) for number in range(400))
    await store.announce(Announcement(settled=ids))
    said = ()
    while len(said) < len(ids):
        said += (await next_of(heard)).settled
    assert said == ids


async def test_nodes_hear_of_a_revoked_credential(store, heard):
    await store.create_credential(make_credential(2))
    assert await store.revoke_credential(ACME, make_id(2), now=moment(5))
    assert await next_of(heard) == Announcement(are_credentials_changed=True)


async def test_nodes_hear_of_a_deleted_credential(store, heard):
    await store.create_credential(make_credential(2))
    assert await store.delete_credential(ACME, make_id(2), reason="asked", now=moment(5))
    assert await next_of(heard) == Announcement(are_credentials_changed=True)
