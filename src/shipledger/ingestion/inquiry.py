"""Read what decisions about a batch depend on, in an order that prevents decisions based on stale data.

1. The current order of acceptance. A receipt that is young by it may wait; anything acknowledged in that time is found by
   the next steps.
2. The pending receipts. Whatever is no longer pending is settled, so
3. the loaded data contains its outcome.

In the reverse order, a deployment recorded by another node between the steps would be neither pending nor known. What
changes after the third step is caught by the guards of the settling transaction, as a conflict.
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
from shipledger.ledger.submission import RecordDeployment, Submission
from shipledger.long_work import run_beside
from shipledger.store.contract import Loaded, Lookup, Store
from shipledger.store.pending_contract import PendingConcern


class Known(Struct, frozen=True):
    """The basis for deciding a batch. ``may_wait``: receipts that may wait for the record of what they concern."""

    pending: tuple[PendingConcern, ...]
    may_wait: frozenset[str]
    loaded: Loaded
    connected_workspaces: Mapping[str, frozenset[str]] | None

    def make_precedence(self, tasks: Sequence[Task]) -> Precedence:
        """The precedence for one decision about ``tasks``, which modifies it."""
        return Precedence(self.pending, batch=tasks)


class Inquiry:
    """Reads an ``Inquiry``. ``tells_order`` returns the current order of acceptance, as a time."""

    def __init__(self, *, store: Store, patience: Patience, tells_order: Callable[[], datetime]) -> None:
        self._store = store
        self._patience = patience
        self._tells_order = tells_order

    async def read(self, tasks: Sequence[Task]) -> Known:
        """What the decisions about ``tasks`` depend on."""
        may_wait = await self._patience.find_patient(tasks, now=self._tells_order())
        pending = await find_pending(self._store, tasks)
        size = sum(task.size for task in tasks)
        loaded = await self._store.load(await run_beside(partial(_list_lookups, tasks, pending), size=size))
        pending += await self._find_by_further_names(tasks, loaded)
        asking = {task.receipt.organization_id for task in tasks if any(map(_asks_for_workspaces, task.submissions or ()))}
        connected = await self._store.find_known_workspaces(sorted(asking)) if asking else None
        return Known(pending=tuple(pending), may_wait=may_wait, loaded=loaded, connected_workspaces=connected)

    async def _find_by_further_names(self, tasks: Sequence[Task], loaded: Loaded) -> list[PendingConcern]:
        """Pending receipts under other names of deployments that ``tasks`` record again.

        Read after loading. If a receipt that is no longer pending changed a deployment in between, the settlement
        conflicts, because the deployment has a newer version.
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
    """Other pending receipts that concern the same names as ``tasks``."""
    names = {(task.receipt.organization_id, concern.name) for task in tasks for concern in task.concerns}
    everything = {(organization_id, number_name(organization_id, EVERYTHING)) for organization_id, _ in names}
    return await store.find_pending(names | everything, besides=_ids_of(tasks))


def _asks_for_workspaces(submission: Submission) -> bool:
    return isinstance(submission, RecordDeployment) and bool(submission.required_workspaces)


def _find_id(loaded: Loaded, lookup: Lookup) -> str | None:
    if lookup.seek is not None:
        return loaded.sought.get(lookup)
    return None if lookup.alias is None else loaded.by_alias.get((lookup.organization_id, lookup.alias))


def _ids_of(tasks: Iterable[Task]) -> list[str]:
    return [task.receipt.receipt_id for task in tasks]


def _list_lookups(tasks: Sequence[Task], pending: Iterable[PendingConcern]) -> list[Lookup]:
    """The names to look up for ``tasks``.

    These are names that records may extend, and names shared by several deployments, which other receipts may use.
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
