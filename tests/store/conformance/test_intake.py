import asyncio
from datetime import timedelta

import pytest

from shipledger.errors import Conflict, NotFound
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import Backlog
from tests.support.factories import ACME, RIVAL, START, decide_receipt, make_batch, make_receipt, make_record, moment


async def test_a_receipt_comes_back_as_it_arrived(store):
    receipt = make_receipt(parameters={"id": "a/b c", "": "ü"}, body='{"a": "\\ud83d\\ude80"}\n\t€ "\\\\"', accepted_at=START)
    await store.append_receipts([receipt], claimed_by=None)
    record = await store.find_receipt(ACME, receipt.receipt_id)
    assert record.receipt == receipt
    assert (record.credential_name, record.attempts) == ("ci-1", 0)
    assert record.settlement.state is ReceiptState.PENDING
    assert (record.settlement.settled_at, record.settlement.verdicts, record.settlement.failure) == (None, (), None)


async def test_times_before_1970_keep_their_microseconds(store):
    receipt = make_receipt(accepted_at=START.replace(year=1969, microsecond=1))
    await store.append_receipts([receipt], claimed_by=None)
    assert (await store.find_receipt(ACME, receipt.receipt_id)).receipt.accepted_at == receipt.accepted_at


async def test_a_large_body_comes_back_whole(store):
    receipts = [make_receipt(number, body="x" * 3_000_000 + str(number)) for number in (1, 2, 3)]
    await store.append_receipts(receipts, claimed_by=None)
    assert (await store.find_receipt(ACME, receipts[2].receipt_id)).receipt.body == receipts[2].body


async def test_a_nul_in_a_body_does_not_cut_it_off(store):
    await store.append_receipts([make_receipt(1, body="a\0b")], claimed_by=None)
    assert (await store.find_receipt(ACME, make_receipt(1).receipt_id)).receipt.body == "a\ufffdb"


async def test_appending_nothing_is_fine(store):
    await store.append_receipts([], claimed_by=None)
    assert await store.find_newest_order() is None


async def test_a_repeated_receipt_is_a_conflict_and_none_of_its_batch_is_kept(store):
    await store.append_receipts([make_receipt(1)], claimed_by=None)
    with pytest.raises(Conflict) as refused:
        await store.append_receipts([make_receipt(2), make_receipt(1)], claimed_by=None)
    assert refused.value.code == "receipt_exists"
    assert await store.find_receipt(ACME, make_receipt(2).receipt_id) is None


async def test_of_receipts_that_may_be_there_only_the_missing_ones_are_appended(store):
    await store.append_receipts([make_receipt(1, body="first")], claimed_by="a")
    await store.append_missing_receipts([make_receipt(1, body="second"), make_receipt(2)], claimed_by=None)
    assert (await store.find_receipt(ACME, make_receipt(1).receipt_id)).receipt.body == "first"
    claimed = await store.claim_receipts(node_id="b", limit=9)
    assert [one.receipt.receipt_id for one in claimed] == [make_receipt(2).receipt_id]


async def test_receipts_are_claimed_of_some_organizations_alone(store):
    await store.append_receipts([make_receipt(1), make_receipt(2, organization_id=RIVAL)], claimed_by=None)
    assert await store.claim_receipts(node_id="a", limit=9, organization_ids=["nobody"]) == []
    claimed = await store.claim_receipts(node_id="a", limit=9, organization_ids=["nobody", RIVAL])
    assert [one.receipt.organization_id for one in claimed] == [RIVAL]
    claimed = await store.claim_receipts(node_id="a", limit=9, organization_ids=[ACME, RIVAL])
    assert [one.receipt.organization_id for one in claimed] == [ACME]


async def test_a_receipt_of_an_unknown_organization_is_refused(store):
    with pytest.raises(NotFound):
        await store.append_receipts([make_receipt(organization_id="nobody")], claimed_by=None)


@pytest.mark.pooled
async def test_one_bad_receipt_among_many_concurrent_ones_fails_alone(store):
    await store.append_receipts([make_receipt(7)], claimed_by=None)
    outcomes = await asyncio.gather(
        *(store.append_receipts([make_receipt(number)], claimed_by=None) for number in range(200)), return_exceptions=True
    )
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [7]
    assert isinstance(outcomes[7], Conflict)
    assert (await store.get_backlog()).pending == 200


async def test_claims_go_to_the_oldest_receipts_and_each_to_one_node(store):
    await store.append_receipts([make_receipt(number) for number in (5, 3, 9, 1, 7)], claimed_by=None)
    await store.append_receipts([make_receipt(2)], claimed_by="other")
    first = await store.claim_receipts(node_id="a", limit=2)
    assert [one.receipt for one in first] == [make_receipt(1), make_receipt(3)]
    assert [one.attempts for one in first] == [0, 0]
    assert [one.receipt for one in await store.claim_receipts(node_id="b", limit=9)] == [
        make_receipt(5),
        make_receipt(7),
        make_receipt(9),
    ]
    assert await store.claim_receipts(node_id="a", limit=9) == []


@pytest.mark.pooled
async def test_nodes_that_claim_at_once_share_without_overlap(store):
    await store.append_receipts([make_receipt(number) for number in range(100)], claimed_by=None)
    claims = await asyncio.gather(*(store.claim_receipts(node_id=f"node-{number}", limit=15) for number in range(10)))
    ids = [one.receipt.receipt_id for claim in claims for one in claim]
    assert len(ids) == len(set(ids)) == 100


async def test_free_receipts_are_counted_by_organization_up_to_a_limit(store):
    assert await store.count_free_receipts(limit=9) == {}
    await store.append_receipts([make_receipt(1), make_receipt(2), make_receipt(3, organization_id=RIVAL)], claimed_by=None)
    await store.append_receipts([make_receipt(4)], claimed_by="a")
    assert await store.count_free_receipts(limit=9) == {ACME: 2, RIVAL: 1}
    assert await store.count_free_receipts(limit=2) == {ACME: 2}


async def test_claims_that_a_node_does_not_know_of_are_freed_and_those_that_it_holds_are_not(store):
    await store.append_receipts([make_receipt(1), make_receipt(2)], claimed_by="a")
    await store.append_receipts([make_receipt(3)], claimed_by="b")
    held = [make_receipt(1).receipt_id]
    assert await store.release_lost_claims(ACME, node_id="a", held=held) == 1
    assert await store.release_lost_claims(RIVAL, node_id="a", held=[]) == 0
    assert [one.receipt for one in await store.claim_receipts(node_id="c", limit=9)] == [make_receipt(2)]


@pytest.mark.parametrize("count_attempt, attempts", [(False, 0), (True, 2)])
async def test_a_released_receipt_is_free_and_remembers_counted_attempts(store, count_attempt, attempts):
    await store.append_receipts([make_receipt(1)], claimed_by="a")
    for _ in range(2):
        await store.release_receipts([make_receipt(1)], count_attempt=count_attempt)
        (claimed,) = await store.claim_receipts(node_id="a", limit=1)
    assert claimed.attempts == attempts
    assert (await store.find_receipt(ACME, claimed.receipt.receipt_id)).attempts == attempts


async def test_a_settled_receipt_cannot_be_released(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    await store.settle(make_batch(decide_receipt(receipt, make_record(1))))
    await store.release_receipts([receipt], count_attempt=True)
    assert await store.claim_receipts(node_id="a", limit=1) == []
    assert (await store.find_receipt(ACME, receipt.receipt_id)).attempts == 0


async def test_a_quarantined_receipt_tells_why_and_waits_for_its_replay(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    await store.quarantine_receipt(receipt, failure="KeyError: 'x'", now=moment(9))
    settlement = await store.find_settlement(ACME, receipt.receipt_id)
    assert (settlement.state, settlement.failure) == (ReceiptState.QUARANTINED, "KeyError: 'x'")
    assert settlement.settled_at == moment(9)
    assert await store.release_silent_claims(silent_seconds=0) == 0
    assert await store.claim_receipts(node_id="b", limit=1) == []
    await store.replay_receipt(ACME, receipt.receipt_id)
    settlement = await store.find_settlement(ACME, receipt.receipt_id)
    assert (settlement.state, settlement.failure, settlement.settled_at) == (ReceiptState.PENDING, None, None)
    assert [one.receipt for one in await store.claim_receipts(node_id="b", limit=1)] == [receipt]


async def test_only_a_pending_receipt_can_be_quarantined(store):
    receipt = make_receipt(1)
    with pytest.raises(Conflict):
        await store.quarantine_receipt(receipt, failure="?", now=moment(9))
    await store.append_receipts([receipt], claimed_by="a")
    await store.quarantine_receipt(receipt, failure="?", now=moment(9))
    with pytest.raises(Conflict) as refused:
        await store.quarantine_receipt(receipt, failure="again", now=moment(9))
    assert refused.value.code == "receipt_not_pending"


async def test_only_a_quarantined_receipt_of_the_organization_can_be_replayed(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by=None)
    with pytest.raises(Conflict):
        await store.replay_receipt(ACME, receipt.receipt_id)
    with pytest.raises(NotFound):
        await store.replay_receipt(RIVAL, receipt.receipt_id)


async def test_the_backlog_counts_what_waits_and_since_when(store):
    assert await store.get_backlog() == Backlog(pending=0, quarantined=0, oldest_accepted_at=None)
    receipts = [make_receipt(number) for number in (1, 2, 3, 4)]
    await store.append_receipts(receipts, claimed_by="a")
    await store.append_receipts([make_receipt(5, organization_id=RIVAL)], claimed_by=None)
    await store.quarantine_receipt(receipts[0], failure="?", now=moment(9))
    await store.settle(make_batch(decide_receipt(receipts[1], make_record(2))))
    assert await store.get_backlog() == Backlog(pending=3, quarantined=1, oldest_accepted_at=moment(3))
    assert await store.find_newest_order() == moment(5)


async def test_nothing_is_the_oldest_of_an_empty_store(store):
    assert await store.find_newest_order() is None


async def test_the_newest_and_the_oldest_are_told_by_their_place_in_the_order_though_a_clock_went_back(store):
    await store.append_receipts([make_receipt(1, accepted_at=START + timedelta(days=2))], claimed_by=None)
    await store.append_receipts([make_receipt(2, accepted_at=START)], claimed_by=None)
    assert await store.find_newest_order() == moment(2)
    claimed = await store.claim_receipts(node_id="a", limit=1)
    assert [one.receipt.receipt_id for one in claimed] == [make_receipt(1).receipt_id]
