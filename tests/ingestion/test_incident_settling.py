"""Nodes that settle incidents of one organization at once: each gets a number of its own, and a repeat is recognized."""

from __future__ import annotations

import asyncio

from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident
from shipledger.ingestion.incident_settling import settle_incidents
from shipledger.ingestion.task import Task
from shipledger.ledger.submission import Target
from shipledger.store.contract import Store
from tests.support.factories import ACME, RIVAL, make_id, make_receipt, moment

NODES = 6


def make_task(place: int, *, title: str = "Down", organization_id: str = ACME) -> Task:
    """A receipt that records an incident without a name of its own."""
    receipt = make_receipt(place, organization_id=organization_id)
    record = RecordIncident(
        source="vendor",
        incident_id=make_id(place),
        identities=(),
        facts=IncidentFacts(),
        order=(place,),
        assumed=IncidentFacts(title=title, started_at=receipt.accepted_at),
        assumed_order=(-place,),
        repeats_within=60,
        sender=receipt.credential_id,
    )
    return Task(receipt=receipt, submissions=(), incidents=(record,))


async def settle_at_once(store: Store, *tasks: Task) -> list[str]:
    """The incident that each task is about, settled by a node of its own."""
    await store.append_receipts([task.receipt for task in tasks], claimed_by="node")
    settled = await asyncio.gather(*(settle_incidents(store, [task], moment(1_000)) for task in tasks))
    return [outcome.verdicts[0].subject for outcome in settled]


async def list_numbers(store: Store, organization_id: str) -> list[int]:
    found = await store.scan_incidents(organization_id, started_from=None, started_until=None, after=None, limit=100)
    return sorted(incident.number for incident in found)


async def test_incidents_that_are_recorded_at_once_have_numbers_without_a_gap(store: Store) -> None:
    tasks = [make_task(place, title=f"Number {place}") for place in range(2, 2 + NODES)]
    subjects = await settle_at_once(store, *tasks, make_task(50, organization_id=RIVAL))
    assert len(set(subjects)) == NODES + 1
    assert await list_numbers(store, ACME) == list(range(1, NODES + 1))
    assert await list_numbers(store, RIVAL) == [1]


async def test_a_record_that_is_sent_again_to_other_nodes_at_once_is_one_incident(store: Store) -> None:
    subjects = await settle_at_once(store, *(make_task(place) for place in range(2, 2 + NODES)))
    assert len(set(subjects)) == 1
    assert await list_numbers(store, ACME) == [1]


async def test_changes_at_once_are_all_kept(store: Store) -> None:
    (incident_id,) = await settle_at_once(store, make_task(2))
    changes = [
        Task(
            receipt=make_receipt(place),
            submissions=(),
            incidents=(
                ChangeIncident(
                    source="vendor",
                    target=Target(key=incident_id),
                    order=(place,),
                    elements=(Element(ElementKind.TAG, f"tag {place}", f"tag {place}"),),
                ),
            ),
        )
        for place in range(3, 3 + NODES)
    ]
    assert set(await settle_at_once(store, *changes)) == {incident_id}
    incident = await store.find_incident(ACME, incident_id)
    assert incident is not None
    assert incident.tags == tuple(f"tag {place}" for place in range(3, 3 + NODES))
    assert incident.version == NODES + 1
