"""Decide and settle receipts about incidents: the same receipts, verdicts and worker as those about deployments."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from shipledger.errors import Conflict
from shipledger.incidents.decide import Surroundings, decide, name_services
from shipledger.incidents.model import Incident, IncidentEntry, RecordIncident
from shipledger.ingestion.incident_knowledge import Knowledge, load_knowledge
from shipledger.ingestion.inquiry import find_pending
from shipledger.ingestion.named_services import list_named_services
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ledger.verdict import Verdict
from shipledger.long_work import run_beside
from shipledger.store.contract import SettledReceipt, Store
from shipledger.store.incident_contract import IncidentSettlement

MAX_ATTEMPTS = 12
SIZE_OF_TASK = 4_000
"""Cost of deciding one receipt, in characters read: an incident keeps all its notes."""
LONGEST_PAUSE_SECONDS = 0.05
"""Nodes that record incidents of one organization at once compete for its next number; all but one decide again after
a pause of up to this long per attempt so far, because a slow database needs more room between them."""


class IncidentOutcome(Struct, frozen=True):
    """The settled tasks, and those that must wait for pending ones."""

    verdicts: tuple[Verdict, ...]
    settled: tuple[Task, ...]
    blocked: tuple[Task, ...]


class _Decided(Struct, frozen=True):
    """What to write, and the decided and undecided tasks."""

    settlement: IncidentSettlement
    settled: tuple[Task, ...]
    blocked: tuple[Task, ...]


async def settle_incidents(store: Store, tasks: Sequence[Task], now: datetime, *, node_id: str = "") -> IncidentOutcome:
    """Settle ``tasks`` in order in one transaction, except those that must wait. Raises Conflict if others keep interfering.

    Pending receipts are read before anything is loaded: see ``inquiry.py``.
    """
    concerned = [(task.receipt, submission) for task in tasks for submission in task.incidents]
    attempt = 1
    while True:
        precedence = Precedence(await find_pending(store, tasks), batch=tasks)
        known = await load_knowledge(store, concerned)
        decided = await run_beside(partial(_decide_all, tasks, known, precedence, now), size=SIZE_OF_TASK * len(tasks))
        try:
            if decided.settled:
                await store.settle_incidents(replace(decided.settlement, node_id=node_id))
        except Conflict:
            if attempt == MAX_ATTEMPTS:
                raise
            await asyncio.sleep(LONGEST_PAUSE_SECONDS * attempt * random.random())  # noqa: S311  spreads load, guards nothing
            attempt += 1
        else:
            verdicts = tuple(verdict for settled in decided.settlement.receipts for verdict in settled.verdicts)
            return IncidentOutcome(verdicts=verdicts, settled=decided.settled, blocked=decided.blocked)


def _decide_all(tasks: Sequence[Task], known: Knowledge, precedence: Precedence, now: datetime) -> _Decided:
    """Each receipt sees the outcome of those before it."""
    receipts: list[SettledReceipt] = []
    entries: list[IncidentEntry] = []
    changed: dict[tuple[str, str], Incident] = {}
    done: list[Task] = []
    blocked: list[Task] = []
    for task in tasks:
        precedence.begin(task)
        first = precedence.find_first(task, partial(known.knows, task.receipt.organization_id))
        if first is not None or (_names_nothing(task, known) and precedence.may_yet_be_recorded(task)):
            task.wait_for(first or "")
            precedence.leave(task)
            blocked.append(task)
            continue
        verdicts, added, incidents = _decide_receipt(task, known, now)
        entries.extend(added)
        changed.update({(one.organization_id, one.incident_id): one for one in incidents})
        receipts.append(
            SettledReceipt(
                receipt=task.receipt,
                verdicts=verdicts,
                entries=(),
                concerns=task.concerns,
                services=list_named_services(task.incidents, verdicts),
            )
        )
        done.append(task)
    settlement = IncidentSettlement(
        settled_at=now, receipts=tuple(receipts), entries=tuple(entries), incidents=tuple(changed.values())
    )
    return _Decided(settlement=settlement, settled=tuple(done), blocked=tuple(blocked))


def _decide_receipt(
    task: Task, known: Knowledge, now: datetime
) -> tuple[tuple[Verdict, ...], list[IncidentEntry], list[Incident]]:
    organization_id = task.receipt.organization_id
    services = known.services_of(organization_id)
    verdicts: list[Verdict] = []
    entries: list[IncidentEntry] = []
    changed: list[Incident] = []
    for item, said in enumerate(task.incidents):
        submission = name_services(said, services) if isinstance(said, RecordIncident) else said
        surroundings = Surroundings(number=known.next_number(organization_id), services=services)
        current = known.find(task.receipt, submission)
        asked = known.take_claims(organization_id, submission, current)
        decision = decide(current, task.receipt, item, asked, now, surroundings=surroundings)
        verdicts.append(decision.verdict)
        if decision.entry is not None and decision.incident is not None:
            entries.append(decision.entry)
            changed.append(decision.incident)
            known.put(decision.incident)
    return tuple(verdicts), entries, changed


def _names_nothing(task: Task, known: Knowledge) -> bool:
    return any(
        not isinstance(submission, RecordIncident) and known.find(task.receipt, submission) is None
        for submission in task.incidents
    )
