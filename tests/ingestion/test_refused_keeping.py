"""Refused requests wait in memory for the store: so many, and as long as it is away."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from shipledger.access.refused import RefusedFilter, RefusedRequest
from shipledger.access.trace import note_sender
from shipledger.ingestion.refused_keeping import OWN_LIMIT, RefusedKeeping
from shipledger.store.open import open_store
from tests.support.factories import ACME, make_credential, make_id, make_organization, moment
from tests.support.in_time import in_time

ONE = RefusedRequest(ACME, "", moment(0), "native", "POST", "/", 422, credential_id=make_id(71), address="192.0.2.1")


async def test_who_sent_a_request_is_asked_again_once_the_store_is_back(database) -> None:
    store = await open_store(f"sqlite:///{database}")
    keeping = RefusedKeeping(store, keep=9, observe_dropped=lambda _: None)
    try:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(71))

        async def find_sender() -> None:
            found = await store.find_credential(ACME, make_id(71))
            assert found is not None
            note_sender(found.to_grant())

        async def find_nobody() -> None:
            return

        keeping.ask(replace(ONE, organization_id="", credential_id="", refused_id=make_id(1)), find_sender)
        keeping.ask(replace(ONE, organization_id="", credential_id="", refused_id=make_id(2)), find_nobody)
        await store.close()
        await keeping.write()
        await store.open()
        await keeping.write()
        assert [one.refused.refused_id for one in await store.list_refused(ACME, RefusedFilter())] == [make_id(1)]
        assert [one.requests for one in await store.list_unknown_senders()] == [1]
    finally:
        await store.close()


async def test_what_is_too_much_is_dropped_and_counted_and_what_cannot_be_written_waits(database) -> None:
    dropped: list[int] = []
    store = await open_store(f"sqlite:///{database}")
    keeping = RefusedKeeping(store, keep=OWN_LIMIT - 1, observe_dropped=dropped.append)
    try:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(71))
        for number in range(OWN_LIMIT + 2):
            if keeping.has_room(ACME):
                keeping.add(replace(ONE, refused_id=make_id(number)))
        assert sum(dropped) == 2
        assert keeping.has_room("other"), "one organization takes no room from others"
        for number in range(3):
            keeping.count(replace(ONE, address=f"192.0.2.{number}"))
        await store.close()
        await keeping.write()
        assert not keeping.has_room(ACME), "they wait"
        await store.open()
        await keeping.write()
        found = await store.list_refused(ACME, RefusedFilter(limit=OWN_LIMIT))
        assert [one.refused.refused_id for one in found] == [make_id(number) for number in range(OWN_LIMIT - 1, 0, -1)]
        assert keeping.has_room(ACME)
    finally:
        await store.close()


class Held:
    """A store whose writes of refused requests wait until they are let go."""

    def __init__(self, store) -> None:
        self._store = store
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def save_refused(self, *asked, **options) -> None:
        self.begun.set()
        await self.go_on.wait()
        await self._store.save_refused(*asked, **options)


@pytest.mark.parametrize("ends", ["write", "stop"])
async def test_what_is_being_written_is_there_once_somebody_else_has_written_or_stopped(database, ends: str) -> None:
    store = await open_store(f"sqlite:///{database}")
    held = Held(store)
    keeping = RefusedKeeping(held, keep=9, observe_dropped=lambda _: None)
    try:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(71))
        keeping.start()
        keeping.add(replace(ONE, refused_id=make_id(1)))
        await in_time(held.begun.wait(), "the first write")
        ending = asyncio.create_task(keeping.write() if ends == "write" else keeping.stop())
        for _ in range(9):
            await asyncio.sleep(0)
        assert not ending.done()
        held.go_on.set()
        await in_time(ending, "the second one")
        assert [one.refused.refused_id for one in await store.list_refused(ACME, RefusedFilter())] == [make_id(1)]
    finally:
        await keeping.stop()
        await store.close()
