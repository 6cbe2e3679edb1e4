"""The receipts in memory waiting for settlement, and their size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from shipledger.ingestion.task import Task

BATCH_CHARACTERS = 512 * 1024
"""Maximum length of the bodies settled together, unless a single one is longer. A database cancels slow statements,
and the same batch would never be settled. A body of this length may contain a hundred thousand names."""


class TaskQueue:
    """Tasks in order. ``characters`` is the length of all their bodies."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self.characters = 0

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks)

    def __getitem__(self, place: int) -> Task:
        return self._tasks[place]

    def append(self, task: Task) -> None:
        """Append one."""
        self._tasks.append(task)
        self.characters += len(task.receipt.body)

    def extend(self, tasks: Iterable[Task]) -> None:
        """Append some, in order."""
        for task in tasks:
            self.append(task)

    def put_first(self, tasks: Iterable[Task]) -> None:
        """Prepend some, the last one first."""
        for task in tasks:
            self._tasks.appendleft(task)
            self.characters += len(task.receipt.body)

    def take(self) -> Task:
        """Remove and return the first one."""
        task = self._tasks.popleft()
        self.characters -= len(task.receipt.body)
        return task

    def take_some(self, limit: int) -> list[Task]:
        """Remove and return up to ``limit`` from the front, and no more than one transaction can write in time.

        A suspect task is taken alone.
        """
        taken = [self.take()] if self._tasks else []
        characters = sum(len(task.receipt.body) for task in taken)
        while self._tasks and len(taken) < limit and not (taken[0].is_suspect or self._tasks[0].is_suspect):
            characters += len(self._tasks[0].receipt.body)
            if characters > BATCH_CHARACTERS:
                break
            taken.append(self.take())
        return taken

    def take_all(self) -> list[Task]:
        """All of them, in order."""
        tasks = list(self._tasks)
        self._tasks.clear()
        self.characters = 0
        return tasks
