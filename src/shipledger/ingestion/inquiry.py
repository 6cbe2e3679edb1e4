"""What the decisions about a batch depend on, read in an order in which no decision can rest on what was not so.

1. How far the order of acceptance is. A receipt that is young then may wait; what was acknowledged in its time is found by
   the next steps.
2. Who else is pending. What is not pending any more is settled, so
3. what is loaded has its outcome in it.

Read the other way round, a deployment that another node records between the two steps would be neither pending nor known. What
changes after the third step is found by the settling transaction, whose guards then make it a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct

from shipledger.ingestion.concerns import EVERYTHING, names_of_deployment, number_name
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ingestion.working_set import all_lookups, lookups_of
from shipledger.ledger.submission import RecordDeployment
from shipledger.long_work import run_beside
from shipledger.store.contract import Loaded, Lookup, Store
from shipledger.store.pending_contract import PendingConcern


class Known(Struct, frozen=True):
    """What a batch is decided by. ``may_wait``: receipts that may wait for the record of what they concern."""

    pending: tuple[PendingConcern, ...]
    may_wait: frozenset[str]
    loaded: Loaded
    connected_workspaces: Mapping[str, frozenset[str]] | None

    def make_precedence(self, tasks: Sequence[Task]) -> Precedence:
        """Who comes first, for one decision about ``tasks``, which changes it."""
        return Precedence(self.pending, batch=tasks)


class Inquiry:
    """Reads it. ``tells_order`` says how far the order of acceptance is, as a time."""

    def __init__(
        self, *, store: Store, patience: Patience, tells_order: Callable[[], datetime], refuses_unknown_workspaces: bool
    ) -> None:
        self._store = store
        self._patience = patience
        self._tells_order = tells_order
        self._refuses_unknown_workspaces = refuses_unknown_workspaces

    async def read(self, tasks: Sequence[Task]) -> Known:
        """What the decisions about ``tasks`` depend on."""
        may_wait = await self._patience.find_patient(tasks, now=self._tells_order())
        pending = await find_pending(self._store, tasks)
        size = sum(task.size for task in tasks)
        loaded = await self._store.load(await run_beside(partial(_list_lookups, tasks, pending), size=size))
        pending += await self._find_by_further_names(tasks, loaded)
        connected = None
        if self._refuses_unknown_workspaces:
            connected = await self._store.find_known_workspaces(sorted({task.receipt.organization_id for task in tasks}))
        return Known(pending=tuple(pending), may_wait=may_wait, loaded=loaded, connected_workspaces=connected)

    async def _find_by_further_names(self, tasks: Sequence[Task], loaded: Loaded) -> list[PendingConcern]:
        """Who else is pending under the other names of deployments that ``tasks`` record once more.

        It is asked after they were loaded. When one of those that are not found any more has changed a deployment meanwhile, the
        settlement conflicts, since the deployment has moved on.
        """
        if not loaded.deployments:
            return []
        asked = {concern.name for task in tasks for concern in task.concerns}
        further = {
            (deployment.organization_id, name)
            for task in tasks
            for submission in task.submissions or ()
            if isinstance(submission, RecordDeployment)
            for lookup in lookups_of(task.receipt.organization_id, submission)
            if lookup.alias is not None
            and (deployment_id := _find_id(loaded, lookup)) is not None
            and (deployment := loaded.deployments.get((lookup.organization_id, deployment_id))) is not None
            for name in names_of_deployment(deployment)
            if name not in asked
        }
        return await self._store.find_pending(further, besides=_ids_of(tasks))


async def find_pending(store: Store, tasks: Sequence[Task]) -> list[PendingConcern]:
    """Who else is pending and concerns what ``tasks`` concern."""
    names = {(task.receipt.organization_id, concern.name) for task in tasks for concern in task.concerns}
    everything = {(organization_id, number_name(organization_id, EVERYTHING)) for organization_id, _ in names}
    return await store.find_pending(names | everything, besides=_ids_of(tasks))


def _find_id(loaded: Loaded, lookup: Lookup) -> str | None:
    if lookup.seek is not None:
        return loaded.sought.get(lookup)
    return None if lookup.alias is None else loaded.by_alias.get((lookup.organization_id, lookup.alias))


def _ids_of(tasks: Iterable[Task]) -> list[str]:
    return [task.receipt.receipt_id for task in tasks]


def _list_lookups(tasks: Sequence[Task], pending: Iterable[PendingConcern]) -> list[Lookup]:
    """Where to look for what ``tasks`` concern.

    That is where records may add to it, and by the names that somebody else may call it by: of those that several have.
    """
    lookups = all_lookups((task.receipt.organization_id, task.submissions or ()) for task in tasks)
    counts = Counter(concern.name for task in tasks for concern in task.concerns)
    counts.update(one.name for one in pending)
    if len(counts) < counts.total():
        lookups += [
            Lookup(organization_id=task.receipt.organization_id, alias=concern.alias)
            for task in tasks
            for concern in task.concerns
            if concern.alias.scope and counts[concern.name] > 1
        ]
    return lookups
