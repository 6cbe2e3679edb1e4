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
from shipledger.incidents.model import Incident, IncidentEntry, IncidentSubmission, RecordIncident
from shipledger.ingestion.incident_knowledge import Knowledge, load_knowledge
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import Verdict
from shipledger.long_work import run_beside
from shipledger.store.contract import SettledReceipt, Store
from shipledger.store.incident_contract import IncidentSettlement

MAX_ATTEMPTS = 12
SIZE_OF_TASK = 4_000
"""What it takes to decide about one receipt, in characters that are looked at: an incident keeps all its notes."""
LONGEST_PAUSE_SECONDS = 0.05
"""Nodes that record incidents of one organization at once compete for its next number, and all but one decide again, after
a pause that may be so much longer with each try: a slow database needs more room between them."""


class IncidentTask(Struct, frozen=True):
    """A receipt about incidents."""

    receipt: Receipt
    submissions: tuple[IncidentSubmission, ...]


async def settle_incidents(store: Store, tasks: Sequence[IncidentTask], now: datetime, *, node_id: str = "") -> list[Verdict]:
    """Settle ``tasks`` in order in one transaction; their verdicts. Raises Conflict when others keep interfering."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        concerned = [(task.receipt, submission) for task in tasks for submission in task.submissions]
        known = await load_knowledge(store, concerned)
        settlement = await run_beside(partial(_decide_all, tasks, known, now), size=SIZE_OF_TASK * len(tasks))
        try:
            await store.settle_incidents(replace(settlement, node_id=node_id))
        except Conflict:
            if attempt == MAX_ATTEMPTS:
                raise
            await asyncio.sleep(LONGEST_PAUSE_SECONDS * attempt * random.random())  # noqa: S311  spreads load, guards nothing
        else:
            return [verdict for settled in settlement.receipts for verdict in settled.verdicts]
    return []


def _decide_all(tasks: Sequence[IncidentTask], known: Knowledge, now: datetime) -> IncidentSettlement:
    """Each receipt sees what those before it decided."""
    receipts: list[SettledReceipt] = []
    entries: list[IncidentEntry] = []
    changed: dict[tuple[str, str], Incident] = {}
    for task in tasks:
        organization_id = task.receipt.organization_id
        services = known.services_of(organization_id)
        verdicts: list[Verdict] = []
        for item, said in enumerate(task.submissions):
            submission = name_services(said, services) if isinstance(said, RecordIncident) else said
            surroundings = Surroundings(number=known.next_number(organization_id), services=services)
            current = known.find(task.receipt, submission)
            asked = known.take_claims(organization_id, submission, current)
            decision = decide(current, task.receipt, item, asked, now, surroundings=surroundings)
            verdicts.append(decision.verdict)
            if decision.entry is not None and decision.incident is not None:
                entries.append(decision.entry)
                changed[organization_id, decision.incident.incident_id] = decision.incident
                known.put(decision.incident)
        receipts.append(SettledReceipt(receipt=task.receipt, verdicts=tuple(verdicts), entries=()))
    return IncidentSettlement(settled_at=now, receipts=tuple(receipts), entries=tuple(entries), incidents=tuple(changed.values()))
