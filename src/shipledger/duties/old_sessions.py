"""Forget sessions that are over, and links that no longer open."""

from __future__ import annotations

from shipledger.access.people.session import IDLE, LONGEST
from shipledger.access.people.store_contract import PeopleStore
from shipledger.clock import Clock
from shipledger.duty import Duty

PAUSE_SECONDS = 3_600.0


def old_sessions_duty(store: PeopleStore, clock: Clock) -> Duty:
    """The duty. A session that is over opens nothing, whether it is forgotten or not."""

    async def forget() -> None:
        now = clock.now()
        await store.forget_old_sessions(seen_before=now - IDLE, created_before=now - LONGEST)

    return Duty(name="old sessions", pause_seconds=PAUSE_SECONDS, run=forget)
