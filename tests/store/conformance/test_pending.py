"""Which names pending receipts concern, from their acceptance to the end of their settlement."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shipledger.erasure.eraser import Eraser
from shipledger.ingestion.concerns import concerns_of, number_name
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Selection
from shipledger.store.receipts.pending_contract import PendingConcern
from tests.support.factories import ACME, RIVAL, decide_receipt, make_batch, make_id, make_receipt, make_record, moment

SHARED = Alias(scope="opsgenie:create", key="1")


def record_of(number: int):
    """The record that receipt ``number`` asks for: all are about one deployment."""
    return make_record(1, title=f"Said by {number}")


async def accept(store: Store, *numbers: int, organization_id: str = ACME, claimed_by: str | None = "node") -> Sequence[Receipt]:
    receipts = [make_receipt(number, organization_id=organization_id) for number in numbers]
    concerns = {one.receipt_id: concerns_of(organization_id, [record_of(1)]) for one in receipts}
    await store.append_receipts(receipts, claimed_by=claimed_by, concerns=concerns)
    return receipts


async def find(store: Store, *besides: Receipt, organization_id: str = ACME) -> list[PendingConcern]:
    found = await store.find_pending(
        [(organization_id, number_name(organization_id, SHARED))], besides=[one.receipt_id for one in besides]
    )
    return sorted(found, key=lambda one: one.receipt_id)


async def test_a_pending_receipt_is_found_by_its_names_wherever_it_waits(store):
    first, second = await accept(store, 1, 2)
    (free,) = await accept(store, 3, claimed_by=None)
    found = await find(store, second)
    assert [(one.receipt_id, one.may_record) for one in found] == [(first.receipt_id, True), (free.receipt_id, True)]
    assert await store.find_pending([(ACME, 1)], besides=[]) == []
    assert await store.find_pending([], besides=[]) == []


async def test_names_of_other_organizations_are_other_names(store):
    await accept(store, 1)
    assert await find(store, organization_id=RIVAL) == []


async def test_what_is_settled_is_not_pending_any_more(store):
    (receipt,) = await accept(store, 1)
    settled, deployment = decide_receipt(receipt, record_of(1))
    await store.settle(make_batch((settled, deployment)))
    assert await find(store) == []


async def test_the_names_that_who_does_not_know_of_them_leaves_are_forgotten(store):
    (receipt, waiting) = await accept(store, 1, 2)
    await store.settle(make_batch(decide_receipt(receipt, record_of(1))))  # it does not say what the receipt concerned
    assert await store.forget_settled_names() > 0
    assert await store.forget_settled_names() == 0
    assert [one.receipt_id for one in await find(store)] == [waiting.receipt_id]


async def test_what_is_set_aside_is_not_pending_until_it_is_replayed(store):
    (receipt,) = await accept(store, 1)
    await store.quarantine_receipt(receipt, failure="?", now=moment(9))
    assert await find(store) == []
    await store.forget_settled_names()
    await store.replay_receipt(ACME, receipt.receipt_id)
    assert [one.receipt_id for one in await find(store)] == [receipt.receipt_id]


async def test_what_is_erased_leaves_no_name(store):
    (receipt,) = await accept(store, 1)
    selection = Selection(organization_id=ACME, credential_id=receipt.credential_id)
    await Eraser(store, Clock(), grace_seconds=0).erase(selection, reason="asked for")
    assert await find(store) == []
    assert await store.forget_settled_names() == 0


class Clock:
    def now(self):
        return moment(100)


@pytest.mark.parametrize("is_there", [True, False])
async def test_receipts_in_doubt_have_their_names_whether_they_are_there_or_not(store, is_there):
    receipt = make_receipt(1)
    concerns = {receipt.receipt_id: concerns_of(ACME, [record_of(1)])}
    if is_there:
        await store.append_receipts([receipt], claimed_by="node", concerns=concerns)
    await store.append_missing_receipts([receipt], claimed_by="node", concerns=concerns)
    assert {one.receipt_id for one in await find(store)} == {receipt.receipt_id}


async def test_receipts_in_doubt_that_are_settled_have_no_names(store):
    receipt = make_receipt(1)
    concerns = {receipt.receipt_id: concerns_of(ACME, [record_of(1)])}
    await store.append_receipts([receipt], claimed_by="node")
    await store.settle(make_batch(decide_receipt(receipt, record_of(1))))
    await store.append_missing_receipts([receipt], claimed_by="node", concerns=concerns)
    assert await store.forget_settled_names() == 0


async def test_of_receipts_without_noted_names_the_oldest_is_told(store):
    assert await store.find_oldest_unnoted(ACME) is None
    await accept(store, 1)
    assert await store.find_oldest_unnoted(ACME) is None
    await store.append_receipts([make_receipt(3), make_receipt(2)], claimed_by="a node of the version before")
    assert await store.find_oldest_unnoted(ACME) == make_id(2)
    assert await store.find_oldest_unnoted(RIVAL) is None


async def test_names_that_nobody_has_noted_may_be_noted_later(store):
    receipt, settled = make_receipt(2), make_receipt(3)
    await store.append_receipts([receipt, settled], claimed_by=None)
    await store.settle(make_batch(decide_receipt(settled, record_of(3))))
    (claimed,) = await store.claim_receipts(node_id="node", limit=10)
    assert not claimed.are_names_noted
    concerns = {one.receipt_id: concerns_of(ACME, [record_of(1)]) for one in (receipt, settled)}
    for _ in range(2):
        await store.note_names([receipt, settled], concerns)
    assert [one.receipt_id for one in await find(store)] == [receipt.receipt_id]
    assert await store.find_oldest_unnoted(ACME) is None
    assert await store.forget_settled_names() == 0
    await store.release_receipts([receipt], count_attempt=False)
    (claimed,) = await store.claim_receipts(node_id="node", limit=10)
    assert claimed.are_names_noted


async def test_the_oldest_pending_record_is_told_whether_its_names_are_noted_or_not(store):
    assert await store.find_oldest_pending_record(ACME) is None
    (receipt,) = await accept(store, 5)
    assert await store.find_oldest_pending_record(ACME) == make_id(5)
    await store.append_receipts([make_receipt(2)], claimed_by="a node of the version before")
    assert await store.find_oldest_pending_record(ACME) == make_id(2)
    await store.settle(make_batch(decide_receipt(make_receipt(2), record_of(2))))
    assert await store.find_oldest_pending_record(ACME) == receipt.receipt_id
    assert await store.find_oldest_pending_record(RIVAL) is None
