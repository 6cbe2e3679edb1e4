"""Which updates of an unknown deployment may still wait for the receipt that records it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shipledger.ingestion.batch import Task
from shipledger.ledger.submission import Amend, ChangeState, RecordDeployment
from shipledger.store.contract import IntakeStore


class Patience:
    """An update may wait while it is young, and while an older receipt that might record its deployment is undecided."""

    def __init__(self, *, store: IntakeStore, node_id: str, update_wait: timedelta) -> None:
        self._store = store
        self._node_id = node_id
        self._update_wait = update_wait

    def ends_at(self, task: Task) -> datetime:
        """When an update is no longer young, by the order of acceptance."""
        return task.receipt.ordered_at + self._update_wait

    async def find_patient(self, tasks: Sequence[Task], *, undecided: Iterable[Task], now: datetime) -> frozenset[str]:
        """The receipts among ``tasks``, which are decided in this order, that may wait.

        ``now`` is how far the order of acceptance is: its pace cannot be set.

        ``undecided`` are all other tasks of this node that do not wait for a deployment themselves: those that do record
        none, so they must not keep each other waiting.
        """
        updates = [task.receipt for task in tasks if awaits_record(task)]
        patient = {receipt.receipt_id for receipt in updates if now - receipt.ordered_at < self._update_wait}
        out_of_time = {receipt.organization_id for receipt in updates if receipt.receipt_id not in patient}
        if out_of_time:
            oldest = await self._find_oldest_elsewhere(out_of_time)
            _note_older(oldest, undecided)
            for task in reversed(tasks):
                receipt = task.receipt
                if awaits_record(task) and oldest.get(receipt.organization_id, receipt.ordered_at) < receipt.ordered_at:
                    patient.add(receipt.receipt_id)
                _note_older(oldest, [task])
        return frozenset(patient)

    async def _find_oldest_elsewhere(self, organization_ids: set[str]) -> dict[str, datetime]:
        """For each organization, the place of the oldest receipt that waits in the store or with another node."""
        oldest: dict[str, datetime] = {}
        for organization_id in sorted(organization_ids):
            found = await self._store.find_oldest_pending(organization_id, except_node_id=self._node_id)
            if found is not None:
                oldest[organization_id] = found
        return oldest


def awaits_record(task: Task) -> bool:
    """Whether the task concerns a deployment that another receipt records."""
    return any(isinstance(submission, ChangeState | Amend) for submission in task.submissions or ())


def _note_older(oldest: dict[str, datetime], tasks: Iterable[Task]) -> None:
    for task in tasks:
        if _may_record(task):
            organization_id, ordered_at = task.receipt.organization_id, task.receipt.ordered_at
            oldest[organization_id] = min(oldest.get(organization_id, ordered_at), ordered_at)


def _may_record(task: Task) -> bool:
    return task.submissions is None or any(isinstance(submission, RecordDeployment) for submission in task.submissions)
