"""Decide a batch of receipts. Pure: from loaded data to what to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct

from shipledger.ingestion.concerns import names_of_deployment
from shipledger.ingestion.named_services import list_named_services
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ingestion.working_set import StaleAlias, WorkingSet
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.runs import Histories, NeedsHistory
from shipledger.ledger.separation import adopt, separate
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.contract import Loaded, SettledReceipt, SettlementBatch


class Outcome(Struct, frozen=True):
    """What to write for a batch, and the tasks that could not be decided.

    ``waiting``: their deployment may still be reported. ``blocked``: other pending receipts must be settled first.
    ``unready``: they must be loaded again.
    """

    settlement: SettlementBatch
    settled: tuple[Task, ...]
    waiting: tuple[Task, ...]
    blocked: tuple[Task, ...]
    unready: tuple[Task, ...]


def decide_batch(
    tasks: Sequence[Task],
    loaded: Loaded,
    *,
    connected_workspaces: Mapping[str, frozenset[str]] | None,
    may_wait: frozenset[str],
    histories: Histories | None = None,
    precedence: Precedence | None = None,
    is_guarded: bool = True,
    now: datetime,
) -> Outcome:
    """Decide interpreted ``tasks`` in order; each sees the outcome of those before it.

    Raises StaleAlias, and NeedsHistory if the first task needs ``histories`` that are missing.

    ``may_wait``: receipts whose deployment may still be reported; they wait instead of being rejected.
    ``precedence``: what else was pending before loading; None: nothing. ``is_guarded``: new deployments take an
    identity that only one node can take, so that the other gets a conflict.
    """
    working = WorkingSet(loaded, histories)
    precedence = precedence or Precedence(batch=tasks)
    decided = _Decided()
    for position, task in enumerate(tasks):
        precedence.begin(task)
        try:
            first = precedence.find_first(
                task, partial(working.knows, task.receipt.organization_id), partial(_further_names, working, task)
            )
            if first is not None:
                task.wait_for(first)
                precedence.leave(task)
                decided.blocked.append(task)
                continue
            verdicts, entries, deployments = _decide_receipt(task, working, connected_workspaces, is_guarded=is_guarded, now=now)
        except (StaleAlias, NeedsHistory):
            if position == 0:
                raise  # its own items freed the alias: loading again would loop forever
            return decided.to_outcome(now, unready=tasks[position:])
        if any(map(_names_nothing, verdicts)) and (precedence.may_yet_be_recorded(task) or task.receipt.receipt_id in may_wait):
            precedence.leave(task)
            (decided.blocked if precedence.may_yet_be_recorded(task) else decided.waiting).append(task)
            continue
        for deployment in deployments:
            if len(task.submissions or ()) <= 1:
                working.put(deployment, _entries_of(deployment, entries))
            decided.deployments[deployment.organization_id, deployment.deployment_id] = deployment
        decided.settled.append(task)
        decided.receipts.append(
            SettledReceipt(
                receipt=task.receipt,
                verdicts=tuple(verdicts),
                entries=tuple(entries),
                concerns=task.concerns,
                services=list_named_services(task.submissions or (), verdicts),
            )
        )
    return decided.to_outcome(now)


def _decide_receipt(
    task: Task,
    working: WorkingSet,
    connected_workspaces: Mapping[str, frozenset[str]] | None,
    *,
    is_guarded: bool,
    now: datetime,
) -> tuple[list[Verdict], list[Entry], list[Deployment]]:
    receipt = task.receipt
    submissions = task.submissions or ()
    connected = None
    if connected_workspaces is not None:
        connected = connected_workspaces.get(receipt.organization_id, frozenset())
    verdicts: list[Verdict] = []
    entries: list[Entry] = []
    deployments: list[Deployment] = []
    for item, submission in enumerate(submissions):
        arrangement = working.find(receipt, item, submission)
        separation = separate(arrangement, working.histories, receipt, item, now)
        current = separation.current
        asked = working.guard(receipt, submission) if is_guarded and current is None else submission
        situation = Situation(
            current=current,
            connected_workspaces=connected,
            before=arrangement.before,
            has_moved=bool(separation.entries or separation.adopted),
        )
        decision = decide(situation, receipt, item, asked, now)
        verdicts.append(decision.verdict)
        if decision.verdict.kind is VerdictKind.REJECTED:
            continue
        appended, changed = list(separation.entries), {one.deployment_id: one for one in separation.deployments}
        if decision.entry is not None and decision.deployment is not None:
            adopted, deployment = adopt(decision.deployment, separation.adopted)
            appended += [decision.entry, *adopted]
            changed[deployment.deployment_id] = deployment
        entries += appended
        deployments += changed.values()
        if len(submissions) > 1:
            for one in changed.values():
                working.put(one, _entries_of(one, appended))
    return verdicts, entries, deployments


def _entries_of(deployment: Deployment, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.deployment_id == deployment.deployment_id]


def _further_names(working: WorkingSet, task: Task) -> list[int]:
    known = (working.list_known(task.receipt.organization_id, submission) for submission in task.submissions or ())
    return [name for deployments in known for deployment in deployments for name in names_of_deployment(deployment)]


def _names_nothing(verdict: Verdict) -> bool:
    return verdict.kind is VerdictKind.REJECTED and verdict.reason is Reason.UNKNOWN_DEPLOYMENT


class _Decided:
    """The outcome of the batch so far."""

    def __init__(self) -> None:
        self.settled: list[Task] = []
        self.receipts: list[SettledReceipt] = []
        self.deployments: dict[tuple[str, str], Deployment] = {}
        self.waiting: list[Task] = []
        self.blocked: list[Task] = []

    def to_outcome(self, now: datetime, unready: Sequence[Task] = ()) -> Outcome:
        return Outcome(
            settlement=SettlementBatch(
                settled_at=now, receipts=tuple(self.receipts), deployments=tuple(self.deployments.values())
            ),
            settled=tuple(self.settled),
            waiting=tuple(self.waiting),
            blocked=tuple(self.blocked),
            unready=tuple(unready),
        )
