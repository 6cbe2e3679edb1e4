"""Receipts that are decided together, each in view of those before it."""

from __future__ import annotations

from shipledger.deployments.knowledge import DeploymentKnowledge
from shipledger.deployments.lookups import Loaded
from shipledger.incidents.knowledge import IncidentKnowledge
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.ingestion.batch import decide_batch
from shipledger.ingestion.task import Task
from shipledger.ledger.submission import ChangeState, Target
from tests.support.factories import make_id, make_receipt, make_report, moment

NOTHING_KNOWN = {
    "deployment": DeploymentKnowledge(Loaded(deployments={}, by_alias={})),
    "incident": IncidentKnowledge(named={}, recent={}, numbers={}, services={}),
}


def record_incident(number: int) -> RecordIncident:
    return RecordIncident(
        source="vendor", incident_id=make_id(number), identities=(), facts=IncidentFacts(started_at=moment(number)), order=(1,)
    )


def test_what_a_waiting_receipt_would_have_recorded_is_not_there_for_those_after_it():
    """Its first item takes the number of the next incident, its second one waits for a deployment, and so the receipt does."""
    change = ChangeState(source="vendor", target=Target(key="unknown"), state=make_report())
    waiting = Task(receipt=make_receipt(1), submissions=(record_incident(1), change))
    later = Task(receipt=make_receipt(2), submissions=(record_incident(2),))
    may_wait = frozenset({waiting.receipt.receipt_id})

    outcome = decide_batch([waiting, later], NOTHING_KNOWN, may_wait=may_wait, now=moment(9))
    assert (outcome.waiting, outcome.settled, outcome.unready) == ((waiting,), (), (later,))

    outcome = decide_batch(outcome.unready, NOTHING_KNOWN, may_wait=may_wait, now=moment(9))
    assert [incident.number for incident in outcome.settlement.changed] == [1]
