"""Updates that wait for the create of their deployment."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from shipledger.ingestion.batch import Task
from shipledger.ingestion.working_set import lookups_of
from shipledger.ledger.deployment import Deployment
from shipledger.store.contract import Lookup

FIRST_WAIT = timedelta(milliseconds=250)
DOUBLINGS = 4


class WaitingRoom:
    """Tasks whose deployment is not known yet.

    A deployment recorded by this process wakes its tasks at once; one recorded elsewhere is found when a task tries
    again by itself, after 0.25, 0.5, 1, 2 and 4 seconds.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._by_lookup: dict[Lookup, set[str]] = {}
        self._due: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, task: Task, *, now: datetime, until: datetime) -> None:
        """Let a task wait. While it may wait on, it tries once more at ``until``, when its time is over."""
        receipt_id = task.receipt.receipt_id
        self._tasks[receipt_id] = task
        for lookup in _lookups(task):
            self._by_lookup.setdefault(lookup, set()).add(receipt_id)
        pause = FIRST_WAIT * 2 ** min(task.waits, DOUBLINGS)
        task.waits += 1
        due = min(now + pause, until) if until > now else now + pause
        heapq.heappush(self._due, (due, receipt_id))

    def take_due(self, *, now: datetime) -> list[Task]:
        """The tasks whose time has come."""
        due = []
        while self._due and self._due[0][0] <= now:
            _, receipt_id = heapq.heappop(self._due)
            if receipt_id in self._tasks:
                due.append(self._remove(receipt_id))
        return due

    def take_for(self, names: Iterable[Lookup]) -> list[Task]:
        """The tasks that wait for a deployment with one of these names."""
        woken: list[Task] = []
        for name in names:
            if name in self._by_lookup:
                woken.extend(map(self._remove, sorted(self._by_lookup[name])))
        return woken

    def take_all(self) -> list[Task]:
        """Every task."""
        return [self._remove(receipt_id) for receipt_id in list(self._tasks)]

    def _remove(self, receipt_id: str) -> Task:
        task = self._tasks.pop(receipt_id)
        for lookup in _lookups(task):
            names = self._by_lookup.get(lookup)
            if names is not None:
                names.discard(receipt_id)
                if not names:
                    del self._by_lookup[lookup]
        return task


def names_of(deployments: Iterable[Deployment]) -> list[Lookup]:
    """Every name under which one of ``deployments`` may be waited for."""
    names: list[Lookup] = []
    for deployment in deployments:
        names.append(Lookup(organization_id=deployment.organization_id, deployment_id=deployment.deployment_id))
        names.extend(Lookup(organization_id=deployment.organization_id, alias=alias) for alias in deployment.aliases)
    return names


def _lookups(task: Task) -> list[Lookup]:
    """By name alone: whichever run is sought, one that is recorded wakes the task."""
    organization_id = task.receipt.organization_id
    found = [lookup for submission in task.submissions or () for lookup in lookups_of(organization_id, submission)]
    return list(dict.fromkeys(replace(lookup, seek=None, at_us=0) for lookup in found))
