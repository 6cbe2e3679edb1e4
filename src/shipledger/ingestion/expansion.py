"""Removals by properties: which deployments they are about is known once everything before them is settled."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.ingestion.task import Task
from shipledger.ledger.submission import Remove, RemoveMatching, Target
from shipledger.store.contract import Store


class Expansion:
    """Turns removals by properties into removals of single deployments."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def expand(self, tasks: Sequence[Task]) -> tuple[Sequence[Task], Sequence[Task]]:
        """The tasks to decide now and those for later.

        A removal by properties must see everything before it settled: it is postponed if something is not, and the
        first one waits.
        """
        for position, task in enumerate(tasks):
            for submission in task.submissions or ():
                if isinstance(submission, RemoveMatching):
                    if position:
                        return tasks[:position], tasks[position:]
                    expanded = await self._expand_removal(task, submission)
                    return () if expanded is None else (expanded,), tasks[1:]
        return tasks, ()

    async def _expand_removal(self, task: Task, submission: RemoveMatching) -> Task | None:
        """The removals of deployments with the properties; None while an older pending record may have them too."""
        organization_id = task.receipt.organization_id
        oldest = await self._store.find_oldest_pending_record(organization_id)
        if oldest is not None and oldest < task.receipt.receipt_id:
            return None
        matching = await self._store.find_matching(organization_id, submission.aliases)
        removals = [Remove(source=submission.source, target=Target(key=deployment_id)) for deployment_id in matching]
        return replace(task, submissions=removals or [submission], noted=task.concerns)
