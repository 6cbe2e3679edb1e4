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

from shipledger.ingestion.concerns import list_further_names, number_name
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import EVERYTHING, Asked, Knowledge
from shipledger.ledger.submission import Alias
from shipledger.long_work import run_beside
from shipledger.store.contract import Store
from shipledger.store.receipts.pending_contract import PendingConcern


class Known(Struct, frozen=True):
    """The basis for deciding a batch. ``may_wait``: receipts that may wait for the record of what they concern.

    ``knowledge`` is by kind of record.
    """

    pending: tuple[PendingConcern, ...]
    may_wait: frozenset[str]
    knowledge: Mapping[str, Knowledge]

    def make_precedence(self, tasks: Sequence[Task]) -> Precedence:
        """The precedence for one decision about ``tasks``, which modifies it."""
        return Precedence(self.pending, batch=tasks)


class Inquiry:
    """Reads what is ``Known``. ``tells_order`` returns the current order of acceptance, as a time."""

    def __init__(
        self,
        *,
        store: Store,
        patience: Patience,
        tells_order: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._patience = patience
        self._tells_order = tells_order
        self._aggregates = store.aggregates

    async def read(self, tasks: Sequence[Task]) -> Known:
        """What the decisions about ``tasks`` depend on."""
        may_wait = await self._patience.find_patient(tasks, now=self._tells_order())
        pending = await self._find_pending(tasks)
        shared = _list_shared(tasks, pending)
        asked = self._sort_by_kind(tasks)
        followed = self._name_followed(asked)
        knowledge = {
            kind: await self._aggregates[kind].study(
                self._store, asked.get(kind, ()), [*shared.get(kind, ()), *followed.get(kind, ())]
            )
            for kind in dict.fromkeys([*asked, *followed])
            if self._aggregates[kind].follows is None
        }
        knowledge |= await self._study_followers(asked, shared, knowledge)
        size = sum(task.size for task in tasks)
        further = await run_beside(partial(self._list_further_names, tasks, asked, knowledge), size=size)
        pending += await self._store.find_pending(further, besides=_ids_of(tasks)) if further else ()
        return Known(pending=tuple(pending), may_wait=may_wait, knowledge=knowledge)

    def _name_followed(self, asked: Mapping[str, Sequence[Asked]]) -> dict[str, list[tuple[str, Alias]]]:
        """What is followed by the records of which something is asked, by kind."""
        named: dict[str, list[tuple[str, Alias]]] = {}
        for kind, own in asked.items():
            follows = self._aggregates[kind].follows
            if follows is not None:
                names = [(one.receipt.organization_id, Alias(scope="", key=follows.about(one.submission))) for one in own]
                named.setdefault(follows.kind, []).extend(names)
        return named

    async def _study_followers(
        self,
        asked: Mapping[str, Sequence[Asked]],
        shared: Mapping[str, Sequence[tuple[str, Alias]]],
        knowledge: Mapping[str, Knowledge],
    ) -> dict[str, Knowledge]:
        """What is known of the kinds whose records follow those that were found, or of which something is asked."""
        found: dict[str, Knowledge] = {}
        for aggregate in self._aggregates:
            follows, kind = aggregate.follows, aggregate.kind
            if follows is None or not (kind in asked or follows.kind in asked):
                continue
            followed = knowledge[follows.kind].records if follows.kind in knowledge else ()
            names = [*shared.get(kind, ()), *((one.organization_id, follows.name_of(one.subject_id)) for one in followed)]
            found[kind] = await aggregate.study(self._store, [*asked.get(kind, ()), *asked.get(follows.kind, ())], names)
        return found

    def _sort_by_kind(self, tasks: Iterable[Task]) -> dict[str, list[Asked]]:
        asked: dict[str, list[Asked]] = {}
        for task in tasks:
            for submission in task.submissions or ():
                asked.setdefault(self._aggregates.of(submission).kind, []).append(Asked(task.receipt, submission))
        return asked

    async def _find_pending(self, tasks: Sequence[Task]) -> list[PendingConcern]:
        """Other pending receipts that concern the same names as ``tasks``."""
        names = {(task.receipt.organization_id, concern.name) for task in tasks for concern in task.concerns}
        everything = {(organization_id, number_name(organization_id, EVERYTHING)) for organization_id, _ in names}
        return await self._store.find_pending(names | everything, besides=_ids_of(tasks))

    def _list_further_names(
        self, tasks: Iterable[Task], asked: Mapping[str, Sequence[Asked]], knowledge: Mapping[str, Knowledge]
    ) -> set[tuple[str, int]]:
        """The other names of what ``tasks`` record again: pending receipts may concern it by these.

        They are looked for after loading. If a receipt that is no longer pending changed a record in between, the settlement
        conflicts, because the record has a newer version.
        """
        concerned = {concern.name for task in tasks for concern in task.concerns}
        workings = {kind: known.begin({}, is_guarded=True) for kind, known in knowledge.items()}
        opening = [kind for kind in workings if self._may_open(kind, asked)]
        return {
            (one.receipt.organization_id, name)
            for kind, own in asked.items()
            if knowledge[kind].records or self._aggregates[kind].follows
            for one in own
            for name in list_further_names(one, workings, self._aggregates, opening=opening)
            if name not in concerned
        }

    def _may_open(self, kind: str, asked: Mapping[str, Sequence[Asked]]) -> bool:
        """Whether something that is asked may record what follows another kind."""
        follows = self._aggregates[kind].follows
        return follows is not None and any(follows.may_open(one.submission) for one in asked.get(follows.kind, ()))


def _ids_of(tasks: Iterable[Task]) -> list[str]:
    return [task.receipt.receipt_id for task in tasks]


def _list_shared(tasks: Sequence[Task], pending: Iterable[PendingConcern]) -> dict[str, list[tuple[str, Alias]]]:
    """The names that several receipts concern, by kind: whether each names something decides which of them waits."""
    counts = Counter(concern.name for task in tasks for concern in task.concerns)
    counts.update(one.name for one in pending)
    shared: dict[str, list[tuple[str, Alias]]] = {}
    if len(counts) < counts.total():
        for task in tasks:
            for concern in task.concerns:
                if counts[concern.name] > 1:
                    shared.setdefault(concern.kind, []).append((task.receipt.organization_id, concern.alias))
    return shared
