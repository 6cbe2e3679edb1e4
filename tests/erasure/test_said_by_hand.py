"""What people said by hand of a record goes with it: marks, corrections, and undos."""

from __future__ import annotations

from shipledger.incidents.decide import decide as decide_incident
from shipledger.incidents.marks import IncidentMarks
from shipledger.incidents.model import IncidentFacts, MarkIncident, RecordIncident
from shipledger.ledger.submission import Correct, CorrectedFacts, Target, UndoCorrection
from shipledger.store.erasure.contract import Selection
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.erasure.conftest import ANNA, BERT
from tests.erasure.test_eraser import prove, send
from tests.support.factories import ACME, make_id, make_receipt, make_record, moment


async def test_what_people_said_of_a_deployment_goes_with_it(store, eraser, tmp_path):
    recorded = await send(store, 3, make_record(3))
    shared = await send(store, 4, make_record(4), by=BERT)
    target, said = Target(key=recorded.deployment_id), CorrectedFacts(title="Anna's own")
    corrected = await send(store, 5, Correct("shipledger", target, "c1", said, "Anna told me."), recorded, by=BERT)
    await send(store, 6, UndoCorrection("shipledger", target, "c1", "Anna again."), corrected, by=BERT)
    kept = Correct("shipledger", Target(key=shared.deployment_id), "c2", CorrectedFacts(title="Kept"), "A reason.")
    await send(store, 7, kept, shared, by=BERT)

    counted = await eraser.count(Selection(organization_id=ACME, credential_id=ANNA))
    assert await eraser.erase_credential(ACME, ANNA) == counted

    assert not any(hasattr(one.submission, "reason") for one in await store.list_entries(ACME, recorded.deployment_id))
    assert [bool((await store.find_receipt(ACME, make_id(number))).receipt.body) for number in (5, 6, 7)] == [False, False, True]
    found = await store.find_deployment(ACME, Target(key=shared.deployment_id))
    assert found.facts.title == "Kept"
    await prove(store, tmp_path)


async def test_what_people_said_of_an_incident_goes_with_it(store, eraser, tmp_path):
    incident = None
    said = RecordIncident(source="vendor", incident_id=make_id(3), identities=(), facts=IncidentFacts(title="Anna's"), order=(1,))
    mark = MarkIncident(source="native", target=Target(key=make_id(3)), marks=IncidentMarks(note="Anna told me."), order=(2,))
    for number, by, submission in ((3, ANNA, said), (4, BERT, mark)):
        receipt = make_receipt(number, credential_id=by)
        await store.append_receipts([receipt], claimed_by="node")
        decision = decide_incident(incident, receipt, 0, submission, moment(5))
        incident = decision.incident
        settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,))
        await store.settle(SettlementBatch(settled_at=moment(5), receipts=(settled,), changed=(incident,)))

    counted = await eraser.count(Selection(organization_id=ACME, credential_id=ANNA))
    assert await eraser.erase_credential(ACME, ANNA) == counted

    left = await store.list_entries_of("incident", ACME, make_id(3))
    assert not any(isinstance(one.submission, MarkIncident) for one in left)
    assert not (await store.find_receipt(ACME, make_id(4))).receipt.body
    await prove(store, tmp_path)
