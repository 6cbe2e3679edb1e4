from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.state import State
from shipledger.store.contract import ReceiptFilter, RecordedVerdict
from tests.support.factories import ACME, RIVAL, make_change, make_id, make_receipt, make_record, moment, write


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
    (quarantined,) = await store.list_receipts(ACME, ReceiptFilter(state=ReceiptState.QUARANTINED))
    assert (quarantined.settlement.failure, quarantined.credential_name) == ("?", "ci-1")
    settled = (await store.list_receipts(ACME, ReceiptFilter(state=ReceiptState.SETTLED)))[0]
    assert settled == await store.find_receipt(ACME, make_id(2))


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
