"""Incidents are settled, found, scanned and rebuilt within their organization."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.errors import Conflict
from shipledger.incidents.decide import Surroundings, decide
from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident, RemoveIncident
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import IncidentStatus, StandingReport
from shipledger.ingestion.rebuild import copy_records
from shipledger.ledger.submission import Alias, Target
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.factories import ACME, RIVAL, make_id, make_receipt, moment


def name(number):
    return Alias(scope="vendor:id", key=f"failure {number}")


def make_record(number, **facts):
    said = IncidentFacts(started_at=moment(number), **facts)
    identities = (name(number),)
    return RecordIncident(source="vendor", incident_id=make_id(number), identities=identities, facts=said, order=(1,))


async def settle(store, place, submission, current=None, *, organization_id=ACME, number=0):
    receipt = make_receipt(place, organization_id=organization_id)
    await store.append_receipts([receipt], claimed_by="node")
    surroundings = Surroundings(number=number)
    decision = decide(current, receipt, 0, submission, moment(place), surroundings=surroundings)
    await store.settle(to_settlement(receipt, decision))
    return decision.incident


def to_settlement(receipt, decision):
    settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,))
    return SettlementBatch(settled_at=moment(9), receipts=(settled,), changed=(decision.incident,))


async def scan(store, **bounds):
    found, after = [], None
    wanted = {"started_from": None, "started_until": None, "limit": 2, **bounds}
    while page := await store.scan_incidents(ACME, after=after, **wanted):
        found += [incident.incident_id for incident in page]
        after = page[-1]
    return found


async def test_a_settled_incident_is_found_by_its_names_and_its_id(store):
    incident = await settle(store, 2, make_record(2, title="Down"))
    assert await store.load_incidents([(ACME, name(2)), (ACME, name(3)), (RIVAL, name(2))]) == {(ACME, name(2)): incident}
    assert await store.find_incident(ACME, incident.incident_id) == incident
    assert await store.find_incident(RIVAL, incident.incident_id) is None
    settlement = await store.find_settlement(ACME, make_id(2))
    assert settlement.verdicts[0].subject == incident.incident_id


async def test_incidents_are_scanned_newest_first_within_bounds(store):
    for number in (2, 3, 4):
        await settle(store, number, make_record(number))
    assert await scan(store) == [make_id(4), make_id(3), make_id(2)]
    assert await scan(store, started_from=moment(3), started_until=moment(3)) == [make_id(3)]


async def test_a_receipt_is_settled_once(store):
    receipt = make_receipt(2)
    await store.append_receipts([receipt], claimed_by="node")
    settlement = to_settlement(receipt, decide(None, receipt, 0, make_record(2), moment(2)))
    await store.settle(settlement)
    with pytest.raises(Conflict):
        await store.settle(settlement)


async def test_a_taken_identity_and_an_old_version_are_conflicts_and_change_nothing(store):
    first = await settle(store, 2, make_record(2))
    rival = replace(make_record(3), identities=(name(2),))
    with pytest.raises(Conflict):
        await settle(store, 3, rival)
    with pytest.raises(Conflict):
        await settle(store, 4, make_record(2, title="x"), replace(first, version=0))
    assert await scan(store) == [make_id(2)]


async def test_a_removed_incident_is_gone_and_its_name_is_free(store):
    first = await settle(store, 2, make_record(2))
    removal = RemoveIncident(source="vendor", target=Target(scope="vendor:id", key="failure 2"))
    await settle(store, 3, removal, first)
    assert await scan(store) == []
    again = await settle(store, 4, replace(make_record(4), identities=(name(2),)))
    assert (await store.load_incidents([(ACME, name(2))]))[ACME, name(2)] == again


async def test_an_incident_is_found_by_its_id_and_its_number_as_by_its_identities(store):
    incident = await settle(store, 2, make_record(2), number=1)
    names = [(ACME, Alias(scope="", key=make_id(2))), (ACME, Alias(scope="number", key="1")), (ACME, name(2))]
    assert await store.load_incidents(names) == dict.fromkeys(names, incident)
    assert await store.load_incidents([(RIVAL, alias) for _, alias in names]) == {}


async def test_numbers_count_by_organization_and_are_taken_once_even_when_their_incident_is_gone(store):
    assert await store.find_last_incident_numbers([ACME, RIVAL]) == {}
    first = await settle(store, 2, make_record(2), number=1)
    await settle(store, 3, make_record(3), number=2)
    await settle(
        store, 4, RemoveIncident(source="vendor", target=Target(key=make_id(3))), await store.find_incident(ACME, make_id(3))
    )
    assert await store.find_last_incident_numbers([ACME, RIVAL]) == {ACME: 2}
    with pytest.raises(Conflict):
        await settle(store, 5, make_record(5), number=2)
    again = await settle(store, 6, make_record(2, title="x"), first)
    assert again.number == 1
    assert await store.find_last_incident_numbers([ACME]) == {ACME: 2}


async def test_the_entries_and_verdicts_of_an_incident_are_listed_in_order(store):
    first = await settle(store, 2, make_record(2), number=1)
    report = StandingReport(status=IncidentStatus.RESOLVED, reported_at=moment(3), order=(2,))
    elements = (Element(ElementKind.TAG, "a", "a"), Element(ElementKind.DETAIL, "region"))
    notes = (IncidentNote(note_id="n", text="Looking", written_at=moment(3)),)
    change = ChangeIncident(
        source="vendor", target=Target(key=make_id(2)), order=(2,), elements=elements, notes=notes, report=report
    )
    second = await settle(store, 3, change, first)
    await settle(store, 4, make_record(4))
    assert await store.find_incident(ACME, make_id(2)) == second
    assert second.status is IncidentStatus.RESOLVED
    entries = await store.list_incident_entries(ACME, make_id(2))
    assert [(entry.version, entry.submission) for entry in entries] == [(1, replace(make_record(2), number=1)), (2, change)]
    verdicts = await store.list_incident_verdicts(ACME, make_id(2))
    assert [(one.receipt_id, one.verdict.kind) for one in verdicts] == [(make_id(2), "applied"), (make_id(3), "applied")]
    assert await store.list_incident_entries(RIVAL, make_id(2)) == []
    assert await store.list_incident_verdicts(RIVAL, make_id(2)) == []


async def test_a_settlement_names_the_credential_that_asked(store):
    await settle(store, 2, make_record(2))
    assert (await store.find_settlement(ACME, make_id(2))).credential_id == make_receipt(2).credential_id


async def test_rebuilding_gives_the_same_rows(store):
    first = await settle(store, 2, make_record(2), number=1)
    later = RecordIncident(
        source="vendor",
        incident_id=make_id(3),
        identities=(name(2), name(9)),
        facts=IncidentFacts(ended_at=moment(2) + timedelta(hours=1)),
        order=(2,),
    )
    await settle(store, 3, later, first)
    await settle(store, 4, make_record(4))
    before = await store.digest_projections()
    await store.clear_projections()
    assert await scan(store) == []
    await copy_records(store, store, report=lambda _: None)
    assert await store.digest_projections() == before
