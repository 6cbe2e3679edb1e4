"""Decide and settle receipts about incidents: the same receipts, verdicts and worker as those about deployments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.errors import Conflict
from shipledger.incidents.decide import decide
from shipledger.incidents.model import Incident, IncidentEntry, IncidentSubmission, RecordIncident
from shipledger.incidents.recognition import find_by_claim, take_claims
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Verdict
from shipledger.store.contract import SettledReceipt
from shipledger.store.incident_contract import IncidentSettlement, IncidentStore

MAX_ATTEMPTS = 3


class IncidentTask(Struct, frozen=True):
    """A receipt about incidents."""

    receipt: Receipt
    submissions: tuple[IncidentSubmission, ...]


async def settle_incidents(store: IncidentStore, tasks: Sequence[IncidentTask], now: datetime) -> list[Verdict]:
    """Settle ``tasks`` in order in one transaction; their verdicts. Raises Conflict when others keep interfering."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        names = sorted({(task.receipt.organization_id, alias) for task in tasks for alias in _all_names(task)})
        settlement = _decide_all(tasks, await store.load_incidents(names), now)
        try:
            await store.settle_incidents(settlement)
        except Conflict:
            if attempt == MAX_ATTEMPTS:
                raise
        else:
            return [verdict for settled in settlement.receipts for verdict in settled.verdicts]
    return []


def _decide_all(tasks: Sequence[IncidentTask], known: dict[tuple[str, Alias], Incident], now: datetime) -> IncidentSettlement:
    """Each receipt sees what those before it decided."""
    known = dict(known)
    receipts: list[SettledReceipt] = []
    entries: list[IncidentEntry] = []
    changed: dict[tuple[str, str], Incident] = {}
    for task in tasks:
        organization_id = task.receipt.organization_id
        verdicts: list[Verdict] = []
        for item, submission in enumerate(task.submissions):
            named = _find_named(known, organization_id, submission)
            current = next((named[name] for name in _identities_of(submission) if name in named), None)
            asked = submission
            if isinstance(submission, RecordIncident):
                current = current or find_by_claim(submission, named)
                asked = take_claims(submission, current, named)
            decision = decide(current, task.receipt, item, asked, now)
            verdicts.append(decision.verdict)
            if decision.entry is not None and decision.incident is not None:
                entries.append(decision.entry)
                changed[organization_id, decision.incident.incident_id] = decision.incident
                known.update({(organization_id, name): decision.incident for name in decision.incident.identities})
        receipts.append(SettledReceipt(receipt=task.receipt, verdicts=tuple(verdicts), entries=()))
    return IncidentSettlement(settled_at=now, receipts=tuple(receipts), entries=tuple(entries), incidents=tuple(changed.values()))


def _all_names(task: IncidentTask) -> list[Alias]:
    return [name for submission in task.submissions for name in _names_of(submission)]


def _find_named(
    known: dict[tuple[str, Alias], Incident], organization_id: str, submission: IncidentSubmission
) -> dict[Alias, Incident]:
    """The incidents that have the names in a submission, by name."""
    found = {name: known.get((organization_id, name)) for name in _names_of(submission)}
    return {name: incident for name, incident in found.items() if incident is not None and not incident.is_removed}


def _names_of(submission: IncidentSubmission) -> tuple[Alias, ...]:
    claims = submission.claims if isinstance(submission, RecordIncident) else ()
    return (*_identities_of(submission), *claims)


def _identities_of(submission: IncidentSubmission) -> tuple[Alias, ...]:
    if isinstance(submission, RecordIncident):
        return submission.identities
    return (Alias(scope=submission.target.scope or "", key=submission.target.key),)
