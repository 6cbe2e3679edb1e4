"""Nodes that settle receipts of one organization at once: none is lost, and none is recorded twice."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.host_aliases import NO_ALIASES
from shipledger.clock import Clock
from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident
from shipledger.ingestion.batch_settling import BatchSettling
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.patience import Patience
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.task import Task
from shipledger.ingestion.task_queue import TaskQueue
from shipledger.ingestion.waiting import WaitingRoom
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.submission import Amend, Facts, Target
from shipledger.store.contract import Store
from tests.support.factories import ACME, RIVAL, make_id, make_receipt, make_record, moment
from tests.support.worker_bench import Counts

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
    return Task(receipt=receipt, submissions=(record,))


def make_node(store: Store, number: int) -> tuple[BatchSettling, WaitingRoom]:
    """One of several nodes over a store, and where its tasks wait."""
    clock, waiting = Clock(not_before=moment(1_000)), WaitingRoom()
    naming = IssueNaming(
        store=store,
        rules=RuleBook(store, time.monotonic),
        sources=frozenset(IssueSource),
        denied="",
        allowed="",
        monotonic=time.monotonic,
    )
    settling = BatchSettling(
        store=store,
        clock=clock,
        interpret=lambda _: (),
        settlements=Settlements(),
        observer=Counts(),
        patience=Patience(store=store, update_wait=timedelta(0)),
        waiting=waiting,
        naming=naming,
        aliases=NO_ALIASES,
        node_id=f"node {number}",
    )
    return settling, waiting


async def settle_alone(store: Store, number: int, task: Task) -> str:
    """The record that a task is about, once a node of its own has settled it."""
    settling, waiting = make_node(store, number)
    left = [task]
    while left:
        await settling.settle(left, TaskQueue())
        left += waiting.take_all()
    settlement = await store.find_settlement(task.receipt.organization_id, task.receipt.receipt_id)
    assert settlement is not None
    (verdict,) = settlement.verdicts
    return verdict.deployment_id or verdict.subject


async def settle_at_once(store: Store, *tasks: Task) -> list[str]:
    """The record that each task is about, settled by a node of its own."""
    await store.append_receipts([task.receipt for task in tasks], claimed_by="node")
    for number in range(len(tasks)):
        await store.register_node(f"node {number}")
    return await asyncio.gather(*(settle_alone(store, number, task) for number, task in enumerate(tasks)))


async def list_numbers(store: Store, organization_id: str) -> list[int]:
    found = await store.scan_incidents(organization_id, started_from=None, started_until=None, after=None, limit=100)
    return sorted(incident.number for incident in found)


@pytest.mark.both_stores
async def test_incidents_that_are_recorded_at_once_have_numbers_without_a_gap(store: Store) -> None:
    tasks = [make_task(place, title=f"Number {place}") for place in range(2, 2 + NODES)]
    subjects = await settle_at_once(store, *tasks, make_task(50, organization_id=RIVAL))
    assert len(set(subjects)) == NODES + 1
    assert await list_numbers(store, ACME) == list(range(1, NODES + 1))
    assert await list_numbers(store, RIVAL) == [1]


@pytest.mark.both_stores
async def test_a_record_that_is_sent_again_to_other_nodes_at_once_is_one_incident(store: Store) -> None:
    subjects = await settle_at_once(store, *(make_task(place) for place in range(2, 2 + NODES)))
    assert len(set(subjects)) == 1
    assert await list_numbers(store, ACME) == [1]


@pytest.mark.both_stores
async def test_changes_at_once_are_all_kept(store: Store) -> None:
    (incident_id,) = await settle_at_once(store, make_task(2))
    changes = [
        Task(
            receipt=make_receipt(place),
            submissions=(
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


@pytest.mark.both_stores
async def test_changes_of_a_deployment_at_once_are_all_kept(store: Store) -> None:
    (deployment_id,) = await settle_at_once(store, Task(receipt=make_receipt(2), submissions=(make_record(2),)))
    target = Target(key=deployment_id)
    facts = [Facts(**{name: "said"}) for name in ("title", "description", "url", "version", "team", "branch")]
    changes = [
        Task(receipt=make_receipt(place), submissions=(Amend(source="vendor", target=target, facts=one, order=(place,)),))
        for place, one in enumerate(facts, start=3)
    ]
    assert set(await settle_at_once(store, *changes)) == {deployment_id}
    deployment = await store.find_deployment(ACME, target)
    assert deployment is not None
    assert deployment.version == len(facts) + 1
