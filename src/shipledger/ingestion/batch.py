"""Decide a batch of receipts. Pure: what was loaded goes in, what to write comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.incidents.model import IncidentSubmission, Recording
from shipledger.ingestion.working_set import StaleAlias, WorkingSet
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.runs import Histories, NeedsHistory
from shipledger.ledger.separation import adopt, separate
from shipledger.ledger.submission import Submission
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.contract import Loaded, SettledReceipt, SettlementBatch

SUBMISSION_SIZE = 300
"""What it takes to decide about a submission and to write what follows, in characters that are looked at."""


class Task(Struct):
    """A claimed receipt on its way to its verdicts.

    ``waits`` counts how often it has waited for its deployment. ``is_suspect``: a batch with it failed, so it goes alone.
    A receipt about ``incidents`` has no submissions about deployments. ``may_be_awaited_elsewhere``: it came from the store,
    so perhaps another node took it in, whose caller waits. ``is_reduced``: what of it could not be stored is a refusal by now.
    """

    receipt: Receipt
    submissions: Sequence[Submission] | None = None
    attempts: int = 0
    waits: int = 0
    is_suspect: bool = False
    incidents: tuple[IncidentSubmission, ...] = ()
    may_be_awaited_elsewhere: bool = False
    is_reduced: bool = False

    @property
    def size(self) -> int:
        """How much there is to look at, in characters."""
        return len(self.receipt.body) + SUBMISSION_SIZE * (len(self.submissions or ()) + len(self.incidents))

    def take(self, recordings: Sequence[Recording]) -> None:
        """What the receipt asks for."""
        self.incidents = tuple(one for one in recordings if isinstance(one, IncidentSubmission))
        self.submissions = [one for one in recordings if not isinstance(one, IncidentSubmission)]
        if self.incidents and self.submissions:
            raise ValueError("one receipt asks about deployments and about incidents")


def group_by_organization(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """The tasks of each organization, in order."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.receipt.organization_id, []).append(task)
    return groups


class Outcome(Struct, frozen=True):
    """What to write for a batch, and the tasks that cannot be decided with it: ``unready`` must be loaded anew."""

    settlement: SettlementBatch
    settled: tuple[Task, ...]
    waiting: tuple[Task, ...]
    unready: tuple[Task, ...]


def decide_batch(
    tasks: Sequence[Task],
    loaded: Loaded,
    *,
    connected_workspaces: Mapping[str, frozenset[str]] | None,
    may_wait: frozenset[str],
    histories: Histories | None = None,
    is_guarded: bool = True,
    now: datetime,
) -> Outcome:
    """The outcome of interpreted ``tasks``, in order, each seeing what those before it decided.

    Raises StaleAlias, and NeedsHistory when the first of them cannot be decided without ``histories`` that are not given.

    ``may_wait`` names the receipts whose deployment may still be recorded: they are left waiting instead of rejected.
    ``is_guarded``: what is new takes an identity that only one node can take, so that the other hears of a conflict.
    """
    working = WorkingSet(loaded, histories)
    decided = _Decided()
    for position, task in enumerate(tasks):
        try:
            verdicts, entries, deployments = _decide_receipt(task, working, connected_workspaces, is_guarded=is_guarded, now=now)
        except (StaleAlias, NeedsHistory):
            if position == 0:
                raise  # its own items freed the alias: loading anew would end here again, for ever
            return decided.to_outcome(now, unready=tasks[position:])
        if task.receipt.receipt_id in may_wait and any(map(_is_waiting_for_create, verdicts)):
            decided.waiting.append(task)
            continue
        for deployment in deployments:
            if len(task.submissions or ()) <= 1:
                working.put(deployment, _entries_of(deployment, entries))
            decided.deployments[deployment.organization_id, deployment.deployment_id] = deployment
        decided.settled.append(task)
        decided.receipts.append(SettledReceipt(receipt=task.receipt, verdicts=tuple(verdicts), entries=tuple(entries)))
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


def _is_waiting_for_create(verdict: Verdict) -> bool:
    return verdict.kind is VerdictKind.REJECTED and verdict.reason is Reason.UNKNOWN_DEPLOYMENT


class _Decided:
    """What the batch has come to so far."""

    def __init__(self) -> None:
        self.settled: list[Task] = []
        self.receipts: list[SettledReceipt] = []
        self.deployments: dict[tuple[str, str], Deployment] = {}
        self.waiting: list[Task] = []

    def to_outcome(self, now: datetime, unready: Sequence[Task] = ()) -> Outcome:
        return Outcome(
            settlement=SettlementBatch(
                settled_at=now, receipts=tuple(self.receipts), deployments=tuple(self.deployments.values())
            ),
            settled=tuple(self.settled),
            waiting=tuple(self.waiting),
            unready=tuple(unready),
        )
