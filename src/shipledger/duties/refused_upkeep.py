"""Keep refused requests no longer than wanted."""

from __future__ import annotations

from datetime import timedelta

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import REFUSED_RETENTION
from shipledger.catalog.organization_settings.keeping import EVEN, find_keeping
from shipledger.clock import Clock
from shipledger.duty import Duty
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 600.0


class RefusedUpkeep:
    """Forgets what is older than its organization wants, or than ``keep`` where that has set nothing; None: never.

    Unknown senders are forgotten by ``keep``. Nothing is, unless the clock has run evenly for three days.
    """

    def __init__(self, store: Store, clock: Clock, *, keep: timedelta | None) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._rounds = Rounds(store.list_organizations)

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="refused requests", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Forget what is old now. Raises Unavailable."""
        if not self._clock.has_run_evenly(EVEN):
            return
        await self._rounds.run(self._tidy)
        if self._keep is not None:
            await self._store.forget_unknown_senders(until=self._clock.now() - self._keep)

    async def _tidy(self, organization: Organization) -> None:
        keep = await find_keeping(self._store, organization.organization_id, REFUSED_RETENTION, self._keep)
        if keep is not None:
            await self._store.forget_refused(organization.organization_id, until=self._clock.now() - keep)
