from __future__ import annotations

from datetime import timedelta

from shipledger.ingestion.patience import Patience
from shipledger.ingestion.task import Task
from shipledger.ledger.state import State
from shipledger.ledger.submission import ChangeState, Submission, Target
from tests.support.factories import RIVAL, make_receipt, make_record, make_report, moment

WAIT = timedelta(seconds=10)
LATER = moment(1_000)
CHANGE = ChangeState(source="opsgenie", target=Target(key="unknown"), state=make_report(State.SUCCESSFUL))


def task(number: int, submission: Submission = CHANGE, organization_id: str = "acme") -> Task:
    return Task(receipt=make_receipt(number, organization_id=organization_id), submissions=(submission,))


async def find_patient(store, tasks, *, now=LATER):
    patient = await Patience(store=store, update_wait=WAIT).find_patient(tasks, now=now)
    return [one.receipt.receipt_id in patient for one in tasks]


async def test_an_update_is_patient_while_it_is_young(store):
    assert await find_patient(store, [task(1)], now=moment(10)) == [True]
    assert await find_patient(store, [task(1)], now=moment(11)) == [False]


async def test_a_record_never_waits(store):
    assert await find_patient(store, [task(1, make_record(1))], now=moment(2)) == [False]


async def test_an_older_receipt_of_the_version_before_keeps_an_update_waiting_for_nobody_knows_what_it_records(store):
    await store.append_receipts([make_receipt(4)], claimed_by=None)
    await store.append_receipts([make_receipt(6)], claimed_by="another")
    assert await find_patient(store, [task(3), task(5), task(7), task(9, organization_id=RIVAL)]) == [False, True, True, False]


async def test_one_whose_names_are_noted_does_not(store):
    await store.append_receipts([make_receipt(4)], claimed_by="another", concerns={make_receipt(4).receipt_id: ()})
    assert await find_patient(store, [task(5)]) == [False]
