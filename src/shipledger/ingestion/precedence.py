"""Which receipts must be settled before others. Pure.

Receipts that may be about the same thing share a name, and are settled in order of acceptance, which is the order of their
ids, on any node:

- A receipt that may record something under a name makes all later ones with that name wait.
- A change or removal makes later ones wait if its name refers to something. Otherwise it waits itself for
  a record, and nothing waits for it.
- A change or removal with an unknown name waits for any pending record of it, even a later one of a node whose clock is a
  little ahead.

Except in the last case all wait for older receipts, and there nothing waits back. So waits never form a cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeAlias

from shipledger.ingestion.concerns import number_name
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import EVERYTHING
from shipledger.store.receipts.pending_contract import Concern, PendingConcern

IsKnown: TypeAlias = Callable[[Concern], bool]
"""Whether a name currently refers to something."""
FurtherNames: TypeAlias = Callable[[], Iterable[int]]
"""All names, as numbers, of what a task's records extend."""


class Precedence:
    """Pending receipts besides the batch, and the batch's tasks that are left undecided."""

    def __init__(self, pending: Iterable[PendingConcern] = (), *, batch: Iterable[Task] = ()) -> None:
        self._pending: dict[int, list[PendingConcern]] = {}
        for one in pending:
            self._pending.setdefault(one.name, []).append(one)
        concerns = [concern for task in batch for concern in task.concerns]
        self._to_come: Counter[int] = Counter()
        if not all(concern.may_record for concern in concerns):  # otherwise not needed
            self._to_come.update(concern.name for concern in concerns if concern.may_record)

    def begin(self, task: Task) -> None:
        """Note that ``task`` is decided next."""
        if self._to_come:
            self._to_come.subtract(concern.name for concern in task.concerns if concern.may_record)

    def leave(self, task: Task) -> None:
        """Note that ``task`` is left undecided."""
        for concern in task.concerns:
            left = PendingConcern(concern.name, concern.may_record, task.receipt.receipt_id)
            self._pending.setdefault(concern.name, []).append(left)

    def find_first(self, task: Task, is_known: IsKnown, further_names: FurtherNames = tuple) -> str | None:
        """The oldest receipt that must be settled before ``task``, or None."""
        if not self._pending or _removes_by_properties(task):
            return None
        everything = self._pending.get(number_name(task.receipt.organization_id, EVERYTHING), ())
        called = (self._find_called(concern, is_known) for concern in task.concerns)
        further = (self._pending.get(name, ()) for name in further_names())
        found = chain(everything, *called, *further)
        return min((one.receipt_id for one in found if one.receipt_id < task.receipt.receipt_id), default=None)

    def may_yet_be_recorded(self, task: Task) -> bool:
        """Whether a pending receipt may record what ``task`` concerns, which is still unknown.

        Not for a task with several names: the receipt that may record one of them may be waiting for the others.
        """
        if len(task.concerns) != 1:
            return False
        name = task.concerns[0].name
        return self._to_come[name] > 0 or any(one.may_record for one in self._pending.get(name, ()))

    def _find_called(self, concern: Concern, is_known: IsKnown) -> list[PendingConcern]:
        pending = self._pending.get(concern.name, [])
        return pending if not pending or is_known(concern) else [one for one in pending if one.may_record]


def _removes_by_properties(task: Task) -> bool:
    """Such a receipt has already waited for all older records."""
    return any(concern.alias == EVERYTHING for concern in task.concerns)
