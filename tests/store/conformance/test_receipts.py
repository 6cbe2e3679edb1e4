from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter, RecordedVerdict
from shipledger.ledger.state import State
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.factories import ACME, RIVAL, make_batch, make_change, make_id, make_receipt, make_record, moment, write


async def test_unknown_receipts_are_none(store):
    await store.append_receipts([make_receipt(1)], claimed_by=None)
    assert await store.find_settlement(RIVAL, make_id(1)) is None
    assert await store.find_receipt(RIVAL, make_id(1)) is None
    assert await store.find_settlement(ACME, make_id(2)) is None


async def test_a_receipt_of_a_credential_that_is_not_kept_has_no_name(store):
    await store.append_receipts([make_receipt(1, credential_id="gone")], claimed_by=None)
    assert (await store.find_receipt(ACME, make_id(1))).credential_name == ""


async def test_receipts_are_listed_newest_first_by_state_and_page(store):
    await write(store, 1, make_record(1))
    await write(store, 2, make_record(2))
    for number in (3, 4, 5):
        await store.append_receipts([make_receipt(number)], claimed_by="a")
    await store.quarantine_receipt(make_receipt(4), failure="?", now=moment(9))
    await store.append_receipts([make_receipt(6, organization_id=RIVAL)], claimed_by="a")

    async def listed(**wanted):
        return [one.receipt.receipt_id for one in await store.list_receipts(ACME, ReceiptFilter(**wanted))]

    assert await listed() == [make_id(number) for number in (5, 4, 3, 2, 1)]
    assert await listed(limit=2, before_id=make_id(4)) == [make_id(3), make_id(2)]
    assert await listed(state=ReceiptState.PENDING) == [make_id(5), make_id(3)]
    assert await listed(state=ReceiptState.PENDING, before_id=make_id(5)) == [make_id(3)]
    assert await listed(state=ReceiptState.QUARANTINED) == [make_id(4)]
    assert await listed(state=ReceiptState.SETTLED, limit=1) == [make_id(2)]
    assert await listed(accepted_from=moment(4)) == [make_id(5), make_id(4)]
    assert await listed(accepted_until=moment(2), limit=1) == [make_id(2)]
    assert await listed(accepted_from=moment(2), accepted_until=moment(4), state=ReceiptState.PENDING) == [make_id(3)]
    (quarantined,) = await store.list_receipts(ACME, ReceiptFilter(state=ReceiptState.QUARANTINED))
    assert (quarantined.settlement.failure, quarantined.credential_name) == ("?", "ci-1")
    settled = (await store.list_receipts(ACME, ReceiptFilter(state=ReceiptState.SETTLED)))[0]
    assert settled == await store.find_receipt(ACME, make_id(2))


async def test_receipts_are_found_by_the_time_at_which_a_clock_that_was_set_back_accepted_them(store):
    ahead, after = make_receipt(600, accepted_at=moment(1)), make_receipt(601, accepted_at=moment(9))
    await store.append_receipts([ahead, after], claimed_by="a")

    async def listed(**wanted):
        return [one.receipt.receipt_id for one in await store.list_receipts(ACME, ReceiptFilter(**wanted))]

    assert await listed(accepted_until=moment(5)) == [make_id(600)]
    assert await listed(accepted_from=moment(5)) == [make_id(601)]


async def test_verdicts_on_a_deployment_tell_who_wrote_when(store):
    deployment = await write(store, 1, make_record(1))
    await write(store, 2, make_record(2))
    await write(store, 3, make_change(deployment, State.PENDING, at=moment(0)), deployment)
    first, second = await store.list_verdicts(ACME, deployment.deployment_id)
    assert first == RecordedVerdict(
        receipt_id=make_id(1),
        item=0,
        protocol="opsgenie",
        operation="create",
        credential_name="ci-1",
        accepted_at=moment(1),
        settled_at=moment(2),
        verdict=first.verdict,
    )
    assert second.verdict.kind == "superseded"
    assert await store.list_verdicts(RIVAL, deployment.deployment_id) == []
    assert await store.list_entries(RIVAL, deployment.deployment_id) == []


async def test_verdicts_are_found_by_what_they_say(store):
    for number, sentence in enumerate(("Left out: AB_1.", "Left out: ABC1.", "", "left out: ab_1, and more."), start=1):
        receipt = make_receipt(number)
        await store.append_receipts([receipt], claimed_by="node")
        verdict = Verdict(kind=VerdictKind.APPLIED, sentence=sentence)
        await store.settle(make_batch((SettledReceipt(receipt=receipt, verdicts=(verdict,), entries=()), None)))
    found = await store.list_verdicts_that_say(ACME, "ab_1", receipts=9, limit=9)
    assert [one.receipt_id for one in found] == [make_id(4), make_id(1)]
    assert [one.receipt_id for one in await store.list_verdicts_that_say(ACME, "AB_1", receipts=2, limit=9)] == [make_id(4)]
    assert await store.list_verdicts_that_say(RIVAL, "AB_1", receipts=9, limit=9) == []
