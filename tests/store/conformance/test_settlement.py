import asyncio

import pytest
from msgspec.structs import replace

from shipledger.catalog.contract import ServiceName
from shipledger.deployments.lookups import Lookup
from shipledger.errors import Conflict, Unstorable
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.outcome import to_settlement
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.factories import (
    ACME,
    RIVAL,
    decide_receipt,
    make_amend,
    make_batch,
    make_change,
    make_receipt,
    make_record,
    make_removal,
    make_service,
    moment,
    write,
)
from tests.support.services import add_service_name, create_service


async def test_settling_keeps_verdicts_entries_and_the_deployment(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    settled, deployment = decide_receipt(receipt, make_record(1))
    await store.settle(make_batch((settled, deployment)))
    settlement = await store.find_settlement(ACME, receipt.receipt_id)
    assert (settlement.state, settlement.verdicts) == (ReceiptState.SETTLED, settled.verdicts)
    assert (settlement.accepted_at, settlement.settled_at) == (moment(1), moment(2))
    assert await store.list_entries(ACME, deployment.deployment_id) == list(settled.entries)
    assert await store.find_deployment(ACME, Target(key=deployment.deployment_id)) == deployment


async def test_later_entries_follow_in_order(store):
    first = await write(store, 1, make_record(1))
    second = await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(60)), first)
    third = await write(store, 3, make_amend(second, order=9, title="Better"), second)
    entries = await store.list_entries(ACME, first.deployment_id)
    assert [entry.version for entry in entries] == [1, 2, 3]
    assert await store.find_deployment(ACME, Target(key=first.deployment_id)) == third
    assert [one.verdict.kind for one in await store.list_verdicts(ACME, first.deployment_id)] == [VerdictKind.APPLIED] * 3


async def test_several_entries_of_one_deployment_fit_into_one_batch(store):
    receipts = [make_receipt(1), make_receipt(2)]
    await store.append_receipts(receipts, claimed_by="a")
    created, first = decide_receipt(receipts[0], make_record(1))
    changed, second = decide_receipt(receipts[1], make_change(first, State.FAILED, at=moment(5)), first)
    await store.settle(SettlementBatch(settled_at=moment(9), receipts=(created, changed), changed=(second,)))
    assert (await store.find_deployment(ACME, Target(key=first.deployment_id))).state is State.FAILED
    assert len(await store.list_entries(ACME, first.deployment_id)) == 2


async def test_every_item_has_its_verdict_with_all_its_words(store):
    receipt = make_receipt(1)
    verdicts = (
        Verdict(kind=VerdictKind.APPLIED, deployment_id="d1"),
        Verdict(kind=VerdictKind.REJECTED, reason=Reason.UNKNOWN_WORKSPACE, sentence='No "such" thing\n', subject="ü/🚀"),
        Verdict(kind=VerdictKind.SUPERSEDED, deployment_id="d2", reason=Reason.OLDER_STATE),
        Verdict(kind=VerdictKind.DUPLICATE, deployment_id="d2", reason=Reason.NOTHING_NEW),
    ) * 3
    await store.append_receipts([receipt], claimed_by="a")
    settled = SettledReceipt(receipt=receipt, verdicts=verdicts, entries=())
    await store.settle(SettlementBatch(settled_at=moment(2), receipts=(settled,), changed=()))
    assert (await store.find_settlement(ACME, receipt.receipt_id)).verdicts == verdicts
    assert (await store.find_receipt(ACME, receipt.receipt_id)).settlement.verdicts == verdicts


async def test_what_is_told_of_a_settlement_is_what_the_store_gives_back(store):
    receipt = make_receipt(1)
    odd = Verdict(kind=VerdictKind.REJECTED, reason=Reason.UNKNOWN_WORKSPACE, sentence="no\0thing", subject="a\0ü\ud800")
    verdicts = (Verdict(kind=VerdictKind.APPLIED, deployment_id="d1"), odd)
    settled = SettledReceipt(receipt=receipt, verdicts=verdicts, entries=())
    await store.append_receipts([receipt], claimed_by="a")
    await store.settle(SettlementBatch(settled_at=moment(2), receipts=(settled,), changed=()))
    assert to_settlement(settled, moment(2)) == await store.find_settlement(ACME, receipt.receipt_id)


@pytest.mark.pooled
async def test_a_rehearsal_keeps_nothing(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    settled, deployment = decide_receipt(receipt, make_record(1))
    await store.rehearse(make_batch((settled, deployment)))
    assert (await store.find_settlement(ACME, receipt.receipt_id)).state is ReceiptState.PENDING
    assert await store.list_entries(ACME, deployment.deployment_id) == []
    assert await store.find_deployment(ACME, Target(key=deployment.deployment_id)) is None
    await store.settle(make_batch((settled, deployment)))
    with pytest.raises(Conflict):
        await store.rehearse(make_batch((settled, deployment)))


@pytest.mark.pooled
async def test_a_value_that_fits_no_column_is_told_from_a_fault_of_the_store(store):
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    settled, deployment = decide_receipt(receipt, replace(make_record(1), source=None))
    for attempt in (store.rehearse, store.settle):
        with pytest.raises(Unstorable):
            await attempt(make_batch((settled, deployment)))
    assert (await store.find_settlement(ACME, receipt.receipt_id)).state is ReceiptState.PENDING


async def test_half_a_character_in_anything_that_is_kept_is_replaced(store):
    record = make_record(1, title="a\ud800", external_id="\udc00", properties={"\ud800": "\udfff"})
    deployment = await write(store, 1, replace(record, left_out="\ud800"))
    assert deployment.facts.title == "a\ud800"
    kept = await store.find_deployment(ACME, Target(scope="opsgenie:external", key="\ufffd"))
    assert (kept.facts.title, kept.facts.properties) == ("a\ufffd", {"\ufffd": "\ufffd"})
    (entry,) = await store.list_entries(ACME, deployment.deployment_id)
    assert entry.submission.left_out == "\ufffd"


@pytest.mark.pooled
@pytest.mark.parametrize("spoiler", ["settled", "quarantined", "unknown"])
async def test_a_receipt_that_is_not_pending_spoils_the_whole_batch(store, spoiler):
    good, bad = make_receipt(1), make_receipt(2)
    await store.append_receipts([good], claimed_by="a")
    if spoiler != "unknown":
        await store.append_receipts([bad], claimed_by="a")
    if spoiler == "settled":
        await store.settle(make_batch(decide_receipt(bad, make_record(2))))
    if spoiler == "quarantined":
        await store.quarantine_receipt(bad, failure="?", now=moment(5))
    settled, deployment = decide_receipt(good, make_record(1))
    with pytest.raises(Conflict) as refused:
        await store.settle(make_batch((settled, deployment), decide_receipt(bad, make_record(3))))
    assert refused.value.code == "receipt_not_pending"
    assert (await store.find_settlement(ACME, good.receipt_id)).state is ReceiptState.PENDING
    assert await store.find_deployment(ACME, Target(key=deployment.deployment_id)) is None
    assert await store.list_entries(ACME, deployment.deployment_id) == []


async def test_a_deployment_that_moved_on_is_a_conflict(store):
    first = await write(store, 1, make_record(1))
    await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(60)), first)
    late = make_receipt(3)
    await store.append_receipts([late], claimed_by="a")
    with pytest.raises(Conflict) as refused:
        await store.settle(make_batch(decide_receipt(late, make_amend(first, order=9, title="Stale"), first)))
    assert refused.value.code == "deployment_moved_on"
    assert (await store.find_settlement(ACME, late.receipt_id)).state is ReceiptState.PENDING


async def test_an_older_projection_never_replaces_a_newer_one(store):
    first = await write(store, 1, make_record(1))
    second = await write(store, 2, make_change(first, State.SUCCESSFUL, at=moment(60)), first)
    receipt = make_receipt(3)
    await store.append_receipts([receipt], claimed_by="a")
    settled = SettledReceipt(receipt=receipt, verdicts=(Verdict(kind=VerdictKind.DUPLICATE),), entries=())
    with pytest.raises(Conflict) as refused:
        await store.settle(SettlementBatch(settled_at=moment(9), receipts=(settled,), changed=(first,)))
    assert refused.value.code == "deployment_moved_on"
    assert await store.find_deployment(ACME, Target(key=first.deployment_id)) == second


async def test_an_identity_names_one_deployment_only(store):
    await write(store, 1, make_record(1))
    twin = replace(make_record(2), identities=make_record(1).identities)
    receipt = make_receipt(2)
    await store.append_receipts([receipt], claimed_by="b")
    with pytest.raises(Conflict) as refused:
        await store.settle(make_batch(decide_receipt(receipt, twin)))
    assert refused.value.code == "alias_taken"


async def test_identities_of_other_organizations_are_no_obstacle(store):
    await write(store, 1, make_record(1))
    other = await write(store, 1, make_record(1), organization_id=RIVAL)
    assert await store.find_deployment(RIVAL, Target(key=other.deployment_id)) == other


@pytest.mark.pooled
async def test_nodes_that_settle_the_same_receipts_at_once_settle_them_once(store):
    receipts = [make_receipt(number) for number in range(10)]
    await store.append_receipts(receipts, claimed_by=None)
    batch = make_batch(*(decide_receipt(receipt, make_record(number)) for number, receipt in enumerate(receipts)))
    outcomes = await asyncio.gather(*(store.settle(batch) for _ in range(8)), return_exceptions=True)
    assert outcomes.count(None) == 1
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome is not None)
    assert await store.count_entries() == 10
    assert await store.count_deployments(ACME) == 10


@pytest.mark.pooled
async def test_nodes_that_create_the_same_deployment_at_once_create_it_once(store):
    receipts = [make_receipt(number) for number in range(1, 9)]
    await store.append_receipts(receipts, claimed_by=None)
    same = make_record(1).identities
    batches = [
        make_batch(decide_receipt(receipt, replace(make_record(number), identities=same)))
        for number, receipt in enumerate(receipts)
    ]
    outcomes = await asyncio.gather(*(store.settle(batch) for batch in batches), return_exceptions=True)
    assert outcomes.count(None) == 1
    assert await store.count_deployments(ACME) == 1
    assert (await store.get_backlog()).pending == 7


async def test_a_name_that_is_not_an_identity_may_be_shared_and_means_the_newest(store):
    first = await write(store, 1, make_record(1, external_id="build-7"))
    second = await write(store, 2, make_record(2, external_id="build-7"))
    alias = Alias(scope="opsgenie:external", key="build-7")
    assert first.deployment_id < second.deployment_id
    assert await store.find_deployment(ACME, Target(scope=alias.scope, key=alias.key)) == second
    loaded = await store.load([Lookup(organization_id=ACME, alias=alias)])
    assert loaded.by_alias == {(ACME, alias): second.deployment_id}


async def test_a_name_that_was_taken_back_names_nothing(store):
    first = await write(store, 1, make_record(1, external_id="build-7"))
    await write(store, 2, make_amend(first, order=9, external_id="build-8"), first)
    assert await store.find_deployment(ACME, Target(scope="opsgenie:external", key="build-7")) is None
    assert await store.find_deployment(ACME, Target(scope="opsgenie:external", key="build-8")) is not None


async def test_a_removed_deployment_leaves_all_answers_but_not_the_ledger(store):
    first = await write(store, 1, make_record(1, external_id="build-7", issue_keys=("ABC-1",)))
    removed = await write(store, 2, make_removal(first), first)
    assert removed.is_removed
    assert await store.find_deployment(ACME, Target(key=first.deployment_id)) is None
    assert await store.find_deployment(ACME, Target(scope="opsgenie:external", key="build-7")) is None
    assert await store.find_matching(ACME, [Alias(scope="issue", key="ABC-1")]) == []
    assert await store.list_repositories(ACME) == []
    assert len(await store.list_entries(ACME, first.deployment_id)) == 2
    again = await write(store, 3, replace(make_record(3), identities=make_record(1).identities))
    assert await store.find_deployment(ACME, Target(scope="opsgenie:create", key="1")) == again
    assert await store.find_damage() == []


async def test_a_deployment_can_be_recorded_and_removed_in_one_batch(store):
    receipts = [make_receipt(1), make_receipt(2)]
    await store.append_receipts(receipts, claimed_by="a")
    created, first = decide_receipt(receipts[0], make_record(1))
    removed, second = decide_receipt(receipts[1], make_removal(first), first)
    await store.settle(SettlementBatch(settled_at=moment(9), receipts=(created, removed), changed=(second,)))
    assert await store.count_deployments(ACME) == 0
    assert await store.count_entries() == 2


async def test_services_that_are_named_exist_once_what_names_them_is_settled(store):
    await create_service(store, make_service(1, name="Storefront"))
    await add_service_name(store, ACME, ServiceName(service_id=make_service(1).service_id, name="shop"))
    receipts = [make_receipt(number) for number in (2, 3)]
    await store.append_receipts(receipts, claimed_by="a")
    settled = [decide_receipt(receipt, make_record(number)) for number, receipt in enumerate(receipts, start=2)]
    names = (("SHOP", "Pay Out", "pay-out"), ("pay out", make_service(1).service_id))
    named = [
        (replace(one, services=tuple((name, 0) for name in services)), deployment)
        for (one, deployment), services in zip(settled, names, strict=True)
    ]
    await store.settle(make_batch(*named))
    services = await store.list_services(ACME, offset=0, limit=10)
    assert [one.name for one in services] == ["Pay Out", "pay-out", "Storefront"]
    assert services[0].slug == "pay-out"
    assert services[1].slug.startswith("pay-out-")


@pytest.mark.pooled
async def test_a_settlement_that_fails_leaves_no_service_behind(store):
    receipt = make_receipt(2)
    settled, deployment = decide_receipt(receipt, make_record(2))
    with pytest.raises(Conflict):
        await store.settle(make_batch((replace(settled, services=(("shop", 0),)), deployment)))
    assert await store.list_services(ACME, offset=0, limit=10) == []
