"""Keep what arrived no longer than wanted: the bodies of old receipts go, entries stay."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from shipledger.catalog.organization import Organization
from shipledger.catalog.organization_settings.declared import RECEIPT_RETENTION
from shipledger.catalog.organization_settings.keeping import EVEN, find_keeping
from shipledger.clock import EPOCH, Clock
from shipledger.duty import Duty
from shipledger.store.contract import Store
from shipledger.store.rounds import Rounds

PAUSE_SECONDS = 600.0
_BATCH = 200
_REST_SECONDS = 0.05
"""Between two batches, so that senders hardly notice."""

log = structlog.get_logger(__name__)


class _Old(NamedTuple):
    """Before which time, and which place in the order of acceptance, a receipt is old."""

    time: datetime
    order: datetime


class Retention:
    """Empties receipts that are older than their organization wants. ``observe`` is told how many each batch emptied.

    ``keep`` counts where an organization has set nothing; None: forever.

    What is emptied is gone, and a clock may be wrong: a receipt must be old by its time and by the order of acceptance, and
    nothing is emptied until the clock has gone on evenly for EVEN.

    Where the last look ended, the next one goes on; the first look of a node goes through all of them.
    """

    def __init__(self, store: Store, clock: Clock, keep: timedelta | None, observe: Callable[[int], None]) -> None:
        self._store = store
        self._rounds = Rounds(store.list_organizations)
        self._clock = clock
        self._keep = keep
        self._observe = observe
        self._done_until: dict[str, datetime] = {}
        self._waits_since: datetime | None = None

    def duty(self) -> Duty:
        """The duty."""
        return Duty(name="retention", pause_seconds=PAUSE_SECONDS, run=self.run)

    async def run(self) -> None:
        """Empty what is too old now, in short transactions. Raises Unavailable."""
        now, order = self._clock.now(), self._clock.order_now()
        if not self._is_even(now):
            return
        await self._rounds.run(lambda organization: self._empty_old(organization, now, order))

    def _is_even(self, now: datetime) -> bool:
        since = self._clock.even_since
        if since is not None and now - since >= EVEN:
            return True
        if self._clock.jump is not None and self._waits_since != since:
            log.warning("The clock has jumped: receipts are kept until it has run steadily for 3 days.", since=str(since))
            self._waits_since = since
        return False

    async def _empty_old(self, organization: Organization, now: datetime, order: datetime) -> None:
        keep = await find_keeping(self._store, organization.organization_id, RECEIPT_RETENTION, self._keep)
        if keep is not None:
            await self._empty_all(organization, _Old(time=now - keep, order=order - keep))

    async def _empty_all(self, organization: Organization, old: _Old) -> None:
        emptied = 0
        while True:
            found = await self._store.list_old_receipts(
                organization.organization_id,
                accepted_from=self._done_until.get(organization.organization_id, EPOCH),
                accepted_until=old.time,
                ordered_until=old.order,
                limit=_BATCH,
            )
            if not found:
                break
            emptied += await self._empty(organization.organization_id, [one.receipt_id for one in found])
            self._done_until[organization.organization_id] = found[-1].accepted_at
            await asyncio.sleep(_REST_SECONDS)
        self._done_until[organization.organization_id] = old.time
        if emptied:
            log.info("Emptied old receipts.", organization=organization.slug, receipts=emptied)

    async def _empty(self, organization_id: str, receipt_ids: list[str]) -> int:
        count = await self._store.empty_receipts(organization_id, receipt_ids)
        self._observe(count)
        return count
