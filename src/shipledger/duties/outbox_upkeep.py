"""Give up messages that nobody takes, and keep the log of messages no longer than wanted."""

from __future__ import annotations

from datetime import timedelta

import structlog

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import OUTBOX_RETENTION
from shipledger.catalog.organization_settings.keeping import find_keeping
from shipledger.clock import Clock
from shipledger.duty import Duty
from shipledger.forwarding.pauses import GIVEN_UP_AFTER
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 600.0
_AT_ONCE = 500

log = structlog.get_logger(__name__)


class OutboxUpkeep:
    """Gives up what has been pending for three days, also while a breaker is open or an app is disabled.

    Forgets what ended longer ago than its organization wants, or than ``keep`` where that has set nothing; None: never. Neither
    happens unless the clock has run evenly for three days.
    """

    def __init__(self, store: Store, clock: Clock, *, keep: timedelta | None) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._rounds = Rounds(store.list_organizations)

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="outbox upkeep", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Give up and forget what is old now. Raises Unavailable."""
        if self._clock.has_run_evenly(GIVEN_UP_AFTER):
            await self._rounds.run(self._tidy)

    async def _tidy(self, organization: Organization) -> None:
        owner, now = organization.organization_id, self._clock.now()
        given_up = await self._store.give_up_old_messages(owner, until=now - GIVEN_UP_AFTER, now=now)
        if given_up:
            log.warning("Messages were given up after three days.", organization=organization.slug, messages=given_up)
        keep = await find_keeping(self._store, owner, OUTBOX_RETENTION, self._keep)
        if keep is not None:
            while await self._store.forget_old_messages(owner, until=now - keep, limit=_AT_ONCE) == _AT_ONCE:
                pass
