"""Keep what arrived no longer than wanted: the bodies of old receipts go, entries stay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from shipledger.catalog.every_organization import for_every_organization
from shipledger.catalog.organization import Organization
from shipledger.clock import EPOCH, Clock
from shipledger.duties.duty import Duty
from shipledger.store.contract import Store

PAUSE_SECONDS = 600.0
_BATCH = 200
_REST_SECONDS = 0.05
"""Between two batches, so that senders hardly notice."""

log = structlog.get_logger(__name__)


class Retention:
    """Empties receipts that are older than ``keep``. ``observe`` is told how many each batch emptied.

    Where the last look ended, the next one goes on; the first look of a node goes through all of them.
    """

    def __init__(self, store: Store, clock: Clock, keep: timedelta, observe: Callable[[int], None]) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._observe = observe
        self._done_until: dict[str, datetime] = {}

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="retention", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Empty what is too old now, in short transactions. Raises Unavailable."""
        until = self._clock.now() - self._keep
        await for_every_organization(self._store, lambda organization: self._empty_all(organization, until))

    async def _empty_all(self, organization: Organization, until: datetime) -> None:
        emptied = 0
        while True:
            found = await self._store.list_old_receipts(
                organization.organization_id,
                accepted_from=self._done_until.get(organization.organization_id, EPOCH),
                accepted_until=until,
                limit=_BATCH,
            )
            if not found:
                break
            emptied += await self._empty(organization.organization_id, [one.receipt_id for one in found])
            self._done_until[organization.organization_id] = found[-1].accepted_at
            await asyncio.sleep(_REST_SECONDS)
        self._done_until[organization.organization_id] = until
        if emptied:
            log.info("Old receipts were emptied.", organization=organization.slug, receipts=emptied)

    async def _empty(self, organization_id: str, receipt_ids: list[str]) -> int:
        count = await self._store.empty_receipts(organization_id, receipt_ids)
        self._observe(count)
        return count
