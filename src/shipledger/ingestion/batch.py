"""Decide a batch of receipts. Pure: from loaded data to what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct

from shipledger.aggregates import AGGREGATES
from shipledger.ingestion.concerns import list_further_names
from shipledger.ingestion.named_services import list_named_services
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import Aggregates, Asked, Decided, Histories, Knowledge, NeedsHistory, Stale, Working
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.pending_contract import Concern
from shipledger.store.receipts.settled import SettledReceipt


class Outcome(Struct, frozen=True):
    """What to write for a batch, and the tasks that could not be decided.

    ``waiting``: their record may still be reported. ``blocked``: other pending receipts must be settled first.
    ``unready``: they must be loaded again.
    """

    settlement: SettlementBatch
    settled: tuple[Task, ...]
    waiting: tuple[Task, ...]
    blocked: tuple[Task, ...]
    unready: tuple[Task, ...]


def decide_batch(
    tasks: Sequence[Task],
    knowledge: Mapping[str, Knowledge],
    *,
    may_wait: frozenset[str],
    histories: Mapping[str, Histories] | None = None,
    precedence: Precedence | None = None,
    is_guarded: bool = True,
    now: datetime,
    aggregates: Aggregates = AGGREGATES,
) -> Outcome:
    """Decide interpreted ``tasks`` in order; each sees the outcome of those before it.

    Raises Stale, and NeedsHistory if the first task needs ``histories``, by kind, that are missing.

    ``knowledge``: of every kind of record that the tasks are about. ``may_wait``: receipts whose record may still be reported;
    they wait instead of being rejected. ``precedence``: what else was pending before loading; None: nothing. ``is_guarded``: see
    ``Knowledge``.
    """
    working = _Workings(aggregates, knowledge, histories or {}, is_guarded=is_guarded)
    precedence = precedence or Precedence(batch=tasks)
    batch = _Decided()
    for position, task in enumerate(tasks):
        precedence.begin(task)
        try:
            first = precedence.find_first(task, partial(working.knows, task), partial(working.list_further_names, task))
            if first is not None:
                task.wait_for(first)
                precedence.leave(task)
                batch.blocked.append(task)
                continue
            decided = working.decide(task, now)
        except (Stale, NeedsHistory):
            if position == 0:
                raise  # its own items made it stale: loading again would loop forever
            return batch.to_outcome(now, unready=tasks[position:])
        names_nothing = working.names_nothing(task, decided)
        if names_nothing and (precedence.may_yet_be_recorded(task) or task.receipt.receipt_id in may_wait):
            precedence.leave(task)
            (batch.blocked if precedence.may_yet_be_recorded(task) else batch.waiting).append(task)
            if any(one.states for one in decided):  # what is known holds them by now, and they do not happen
                return batch.to_outcome(now, unready=tasks[position + 1 :])
            continue
        batch.add(task, decided, aggregates)
    return batch.to_outcome(now)


class _Workings:
    """What is known of every kind of record, while a batch is decided."""

    def __init__(
        self,
        aggregates: Aggregates,
        knowledge: Mapping[str, Knowledge],
        histories: Mapping[str, Histories],
        *,
        is_guarded: bool,
    ) -> None:
        self._aggregates = aggregates
        self._by_kind: dict[str, Working] = {
            kind: known.begin(histories.get(kind, {}), is_guarded=is_guarded) for kind, known in knowledge.items()
        }

    def knows(self, task: Task, concern: Concern) -> bool:
        return self._by_kind[concern.kind].find_named(task.receipt.organization_id, concern.alias) is not None

    def list_further_names(self, task: Task) -> list[int]:
        return [
            name
            for submission in task.submissions or ()
            for name in list_further_names(Asked(task.receipt, submission), self._by_kind, self._aggregates)
        ]

    def decide(self, task: Task, now: datetime) -> list[Decided]:
        """The outcomes of all items; each sees those before it."""
        outcomes = []
        for item, submission in enumerate(task.submissions or ()):
            working = self._by_kind[self._aggregates.of(submission).kind]
            decided = working.decide(task.receipt, item, submission, now)
            if decided.states:
                working.put(decided)
            outcomes.append(self._follow(task.receipt, item, decided, now))
        return outcomes

    def _follow(self, receipt: Receipt, item: int, decided: Decided, now: datetime) -> Decided:
        """An outcome with what it asks of the records that follow those which it changed."""
        followed = decided
        for kind in dict.fromkeys(state.kind for state in decided.states):
            for follower in self._aggregates.followers_of(kind):
                for asked in follower.follows.asks(receipt, item, decided) if follower.follows else ():
                    working = self._by_kind[follower.kind]
                    further = working.decide(receipt, item, asked, now)
                    if further.states:
                        working.put(further)
                        entries, states = (*followed.entries, *further.entries), (*followed.states, *further.states)
                        followed = Decided(followed.verdict, entries=entries, states=states)
        return followed

    def names_nothing(self, task: Task, decided: Sequence[Decided]) -> bool:
        for submission, one in zip(task.submissions or (), decided, strict=True):
            if one.verdict.kind is VerdictKind.REJECTED and one.verdict.reason is self._aggregates.of(submission).unknown:
                return True
        return False


class _Decided:
    """The outcome of the batch so far."""

    def __init__(self) -> None:
        self.settled: list[Task] = []
        self.receipts: list[SettledReceipt] = []
        self.changed: dict[tuple[str, str, str], Any] = {}
        self.waiting: list[Task] = []
        self.blocked: list[Task] = []

    def add(self, task: Task, decided: Sequence[Decided], aggregates: Aggregates) -> None:
        verdicts = tuple(one.verdict for one in decided)
        for one in decided:
            self.changed.update({(state.kind, state.organization_id, state.subject_id): state for state in one.states})
        self.settled.append(task)
        self.receipts.append(
            SettledReceipt(
                receipt=task.receipt,
                verdicts=verdicts,
                entries=tuple(entry for one in decided for entry in one.entries),
                concerns=task.concerns,
                services=list_named_services(task.submissions or (), verdicts, aggregates),
            )
        )

    def to_outcome(self, now: datetime, unready: Sequence[Task] = ()) -> Outcome:
        return Outcome(
            settlement=SettlementBatch(settled_at=now, receipts=tuple(self.receipts), changed=tuple(self.changed.values())),
            settled=tuple(self.settled),
            waiting=tuple(self.waiting),
            blocked=tuple(self.blocked),
            unready=tuple(unready),
        )
