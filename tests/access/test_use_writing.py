"""What is being written of the use of credentials survives the stop of a server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shipledger.access.use import Use, UseCounter
from shipledger.access.use_writing import UseWriting
from shipledger.store.open import open_store
from tests.support.factories import ACME, make_credential, make_id, make_organization, moment
from tests.support.in_time import in_time


class Held:
    """A store whose writes of uses wait until they are let go."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def add_uses(self, organization_id: str, uses: Sequence[Use]) -> None:
        self.begun.set()
        await self.go_on.wait()
        await self._store.add_uses(organization_id, uses)


async def test_a_server_that_stops_waits_for_what_is_being_written(database: Path) -> None:
    store = await open_store(f"sqlite:///{database}")
    held, counter = Held(store), UseCounter()
    writing = UseWriting(held, counter, every_seconds=0.01)  # type: ignore[arg-type]  the other questions are not asked
    try:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(71))
        counter.add(Use(ACME, make_id(71), moment(0), moment(0), requests=3))
        writing.start()
        await in_time(held.begun.wait(), "the write")
        stopping = asyncio.create_task(writing.stop())
        for _ in range(9):
            await asyncio.sleep(0)
        held.go_on.set()
        await in_time(stopping, "the stop")
        (use,) = await store.list_uses(ACME, now=moment(0))
        assert use.requests_in_day == 3
    finally:
        await store.close()
