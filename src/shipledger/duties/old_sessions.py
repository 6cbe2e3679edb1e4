"""Forget sessions that are over, links that no longer open, and what credentials were used for long ago."""

from __future__ import annotations

from typing import Protocol

from shipledger.access.people.session import IDLE, LONGEST
from shipledger.access.people.store_contract import PeopleStore
from shipledger.access.use import KEPT, UseStore
from shipledger.clock import Clock
from shipledger.duty import Duty

PAUSE_SECONDS = 3_600.0


class Forgetting(PeopleStore, UseStore, Protocol):
    """What of the store is asked."""


def old_sessions_duty(store: Forgetting, clock: Clock) -> Duty:
    """The duty. A session that is over opens nothing, whether it is forgotten or not."""

    async def forget() -> None:
        now = clock.now()
        await store.forget_old_sessions(seen_before=now - IDLE, created_before=now - LONGEST)
        await store.forget_old_uses(before=now - KEPT)

    return Duty(name="old sessions", pause_seconds=PAUSE_SECONDS, run=forget)
