"""Which updates of an unknown deployment may still wait for the receipt that records it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shipledger.ingestion.task import Task
from shipledger.ledger.submission import Amend, ChangeState
from shipledger.store.pending_contract import PendingStore


class Patience:
    """An update may wait while it is young, or while an older pending receipt's names are unknown."""

    def __init__(self, *, store: PendingStore, update_wait: timedelta) -> None:
        self._store = store
        self._update_wait = update_wait

    def ends_at(self, task: Task) -> datetime:
        """The age, in the order of acceptance, at which an update is no longer young."""
        return task.receipt.ordered_at + self._update_wait

    async def find_patient(self, tasks: Sequence[Task], *, now: datetime) -> frozenset[str]:
        """The receipts of ``tasks`` that may wait. Call before loading deployments."""
        updates = [task.receipt for task in tasks if awaits_record(task)]
        patient = {receipt.receipt_id for receipt in updates if now - receipt.ordered_at < self._update_wait}
        out_of_time = [receipt for receipt in updates if receipt.receipt_id not in patient]
        for organization_id in sorted({receipt.organization_id for receipt in out_of_time}):
            oldest = await self._store.find_oldest_unnoted(organization_id)
            if oldest is not None:
                own = (receipt for receipt in out_of_time if receipt.organization_id == organization_id)
                patient.update(receipt.receipt_id for receipt in own if oldest < receipt.receipt_id)
        return frozenset(patient)


def awaits_record(task: Task) -> bool:
    """Whether the task concerns a deployment that another receipt records."""
    return any(isinstance(submission, ChangeState | Amend) for submission in task.submissions or ())
