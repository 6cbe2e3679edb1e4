from __future__ import annotations

from datetime import timedelta

from shipledger.ingestion.batch import Task
from shipledger.ingestion.patience import Patience
from shipledger.ledger.state import State
from shipledger.ledger.submission import ChangeState, Submission, Target
from tests.support.factories import RIVAL, make_receipt, make_record, make_report, moment

NODE = "node"
WAIT = timedelta(seconds=10)
LATER = moment(1_000)
CHANGE = ChangeState(source="opsgenie", target=Target(key="unknown"), state=make_report(State.SUCCESSFUL))


def task(number: int, submission: Submission | None = CHANGE, organization_id: str = "acme") -> Task:
    receipt = make_receipt(number, organization_id=organization_id)
    return Task(receipt=receipt, submissions=None if submission is None else (submission,))


async def find_patient(store, tasks, *, undecided=(), now=LATER):
    patience = Patience(store=store, node_id=NODE, update_wait=WAIT)
    patient = await patience.find_patient(tasks, undecided=undecided, now=now)
    return [one.receipt.receipt_id in patient for one in tasks]


async def test_an_update_is_patient_while_it_is_young(store):
    assert await find_patient(store, [task(1)], now=moment(10)) == [True]
    assert await find_patient(store, [task(1)], now=moment(11)) == [False]


async def test_a_record_never_waits(store):
    assert await find_patient(store, [task(1, make_record(1))], now=moment(2)) == [False]


async def test_updates_do_not_keep_each_other_waiting(store):
    tasks = [task(1), task(2), task(3)]
    await store.append_receipts([one.receipt for one in tasks], claimed_by=NODE)
    assert await find_patient(store, tasks, undecided=[task(0)]) == [False, False, False]


async def test_an_older_receipt_that_may_record_keeps_an_update_waiting(store):
    assert await find_patient(store, [task(5)], undecided=[task(4, make_record(4))]) == [True]
    assert await find_patient(store, [task(5)], undecided=[task(4, None)]) == [True]
    assert await find_patient(store, [task(5), task(4, make_record(4))]) == [True, False]


async def test_a_receipt_decided_before_it_a_newer_one_or_a_strangers_does_not(store):
    strangers = task(4, make_record(4), organization_id=RIVAL)
    assert await find_patient(store, [task(4, make_record(4)), task(5)]) == [False, False]
    assert await find_patient(store, [task(5)], undecided=[task(6, make_record(6)), strangers]) == [False]


async def test_an_older_receipt_in_the_store_or_with_another_node_keeps_an_update_waiting(store):
    await store.append_receipts([make_receipt(4)], claimed_by=None)
    await store.append_receipts([make_receipt(6)], claimed_by="another")
    assert await find_patient(store, [task(3), task(5), task(7)]) == [False, True, True]
