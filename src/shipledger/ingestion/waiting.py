"""Receipts that wait for others: updates for their create, and any receipt that must follow an older one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from shipledger.aggregates import AGGREGATES
from shipledger.ingestion.concerns import number_name
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import Aggregates

FIRST_WAIT = timedelta(milliseconds=250)
FIRST_WAIT_BEHIND = timedelta(milliseconds=16)
"""For receipts that are pending and about to be settled."""
DOUBLINGS = 4


class WaitingRoom:
    """Tasks whose record is not known yet, and tasks that must follow others.

    Settlements of this process wake the tasks they concern at once; those of other nodes are found when a task retries
    after 0.25, 0.5, 1, 2 and 4 seconds, or after 16, 32, 64, 128 and 256 milliseconds.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._by_name: dict[int, set[str]] = {}
        self._due: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(tuple(self._tasks.values()))

    def add(self, task: Task, *, now: datetime, until: datetime) -> None:
        """Let a task wait. It retries a last time at ``until``, when its time is up."""
        due = now + FIRST_WAIT * 2 ** min(task.waits, DOUBLINGS)
        self._add(task, min(due, until) if until > now else due)

    def add_behind(self, task: Task, *, now: datetime) -> None:
        """Let a task wait for other pending ones."""
        self._add(task, now + FIRST_WAIT_BEHIND * 2 ** min(task.waits, DOUBLINGS))

    def next_due(self) -> datetime | None:
        """The earliest time of the next retry; None if nothing waits."""
        return self._due[0][0] if self._due else None

    def take_due(self, *, now: datetime) -> list[Task]:
        """The tasks that are due."""
        due = []
        while self._due and self._due[0][0] <= now:
            _, receipt_id = heapq.heappop(self._due)
            if receipt_id in self._tasks:
                due.append(self._remove(receipt_id))
        return due

    def take_for(self, names: Iterable[int]) -> list[Task]:
        """The tasks that concern one of these names, by their numbers."""
        return [self._remove(one) for one in sorted({one for name in names for one in self._by_name.get(name, ())})]

    def take_behind(self, settled: Iterable[Task]) -> list[Task]:
        """The tasks that concern something that one of ``settled`` concerned."""
        return self.take_for({concern.name for task in settled for concern in task.concerns}) if self._tasks else []

    def take_all(self) -> list[Task]:
        """Every task."""
        return [self._remove(receipt_id) for receipt_id in list(self._tasks)]

    def _add(self, task: Task, due: datetime) -> None:
        receipt_id = task.receipt.receipt_id
        self._tasks[receipt_id] = task
        for concern in task.concerns:
            self._by_name.setdefault(concern.name, set()).add(receipt_id)
        task.waits += 1
        heapq.heappush(self._due, (due, receipt_id))

    def _remove(self, receipt_id: str) -> Task:
        task = self._tasks.pop(receipt_id)
        for concern in task.concerns:
            ids = self._by_name[concern.name]
            ids.discard(receipt_id)
            if not ids:
                del self._by_name[concern.name]
        return task


def names_of(changed: Iterable[Any], aggregates: Aggregates = AGGREGATES) -> set[int]:
    """The numbers of every name under which tasks may wait for one of the records ``changed``."""
    return {
        number_name(one.organization_id, alias, subject=one.kind)
        for one in changed
        for alias in aggregates[one.kind].known_by(one)
    }
