"""Which updates of an unknown record may still wait for the receipt that records it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shipledger.aggregates import AGGREGATES
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import Aggregates
from shipledger.store.receipts.pending_contract import PendingStore


class Patience:
    """An update may wait while it is young, or while an older pending receipt's names are unknown."""

    def __init__(self, *, store: PendingStore, update_wait: timedelta, aggregates: Aggregates = AGGREGATES) -> None:
        self._store = store
        self._aggregates = aggregates
        self._update_wait = update_wait

    def ends_at(self, task: Task) -> datetime:
        """The age, in the order of acceptance, at which an update is no longer young."""
        return task.receipt.ordered_at + self._update_wait

    async def find_patient(self, tasks: Sequence[Task], *, now: datetime) -> frozenset[str]:
        """The receipts of ``tasks`` that may wait. Call before loading deployments."""
        updates = [task.receipt for task in tasks if self.awaits_record(task)]
        patient = {receipt.receipt_id for receipt in updates if now - receipt.ordered_at < self._update_wait}
        out_of_time = [receipt for receipt in updates if receipt.receipt_id not in patient]
        for organization_id in sorted({receipt.organization_id for receipt in out_of_time}):
            oldest = await self._store.find_oldest_unnoted(organization_id)
            if oldest is not None:
                own = (receipt for receipt in out_of_time if receipt.organization_id == organization_id)
                patient.update(receipt.receipt_id for receipt in own if oldest < receipt.receipt_id)
        return frozenset(patient)

    def awaits_record(self, task: Task) -> bool:
        """Whether the task concerns a record that another receipt makes, and may wait for it."""
        return any(map(self._aggregates.awaits_record, task.submissions or ()))
