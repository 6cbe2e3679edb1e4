import pytest
from msgspec.structs import replace

from shipledger.errors import Conflict
from shipledger.gating.gate import GateStatus, GateSubject
from shipledger.ledger.state import State
from shipledger.ledger.submission import Pipeline
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import (
    ACME,
    RIVAL,
    decide_receipt,
    make_batch,
    make_change,
    make_credential,
    make_id,
    make_receipt,
    make_record,
    make_removal,
    make_report,
    moment,
    write,
    write_all,
)

PIPELINE = Pipeline(id="shop\0", name="Shop")


def ask(number, **facts):
    return replace(make_record(number, pipeline=PIPELINE, sequence=number, **facts), asks_for_gate=True)


@pytest.fixture
async def asked(store):
    """A deployment that waits at its gate."""
    return await write(store, 1, ask(1))


async def test_a_record_that_asks_opens_a_gate_that_waits(store, asked):
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert (gate.key, gate.status, gate.credential_id, gate.reason) == ("GATE-1", GateStatus.AWAITING, make_id(1), "")
    assert gate.subject == GateSubject(pipeline_id="shop\0", environment_id="prod", sequence=1)
    assert gate.asked_at == gate.changed_at == moment(2)
    assert await store.find_gate_by_number(ACME, 1) == gate


async def test_who_does_not_ask_has_no_gate(store, asked):
    other = await write(store, 2, make_record(2))
    assert await store.find_gate(ACME, other.deployment_id) is None
    assert await store.find_gate(RIVAL, asked.deployment_id) is None
    assert await store.find_gate_by_number(RIVAL, 1) is None
    assert await store.list_gates(RIVAL, status=None, before_number=None, limit=9) == []


async def test_one_deployment_has_one_gate_however_often_it_asks(store, asked):
    again = replace(ask(1, title="Again"), order=(2,))
    await write(store, 2, again, asked)
    assert [gate.number for gate in await store.list_gates(ACME, status=None, before_number=None, limit=9)] == [1]


async def test_one_that_is_over_when_it_asks_has_no_gate(store):
    over = await write(store, 1, replace(ask(1), state=make_report(State.SUCCESSFUL)))
    assert await store.find_gate(ACME, over.deployment_id) is None


async def test_of_a_credential_that_is_gone_no_gate_is_opened(store):
    receipt = make_receipt(1, credential_id=make_id(99))
    await store.append_receipts([receipt], claimed_by="a")
    settled, unknown = decide_receipt(receipt, ask(1))
    await store.settle(make_batch((settled, unknown)))
    assert await store.find_gate(ACME, unknown.deployment_id) is None


async def test_gates_are_numbered_in_their_organization_and_listed_newest_first(store):
    await store.create_credential(make_credential(1, organization_id=RIVAL, secret_hash=bytes(32)))
    await write_all(store, [ask(number) for number in (1, 2, 3)])
    await write_all(store, [ask(number) for number in (1, 2)], organization_id=RIVAL)
    page = await store.list_gates(ACME, status=None, before_number=None, limit=2)
    assert [gate.number for gate in page] == [3, 2]
    assert [gate.number for gate in await store.list_gates(ACME, status=None, before_number=2, limit=2)] == [1]
    assert [gate.number for gate in await store.list_gates(RIVAL, status=None, before_number=None, limit=9)] == [2, 1]
    await store.decide_gate(page[0], GateStatus.ALLOWED, reason="", now=moment(9))
    assert [gate.number for gate in await store.list_gates(ACME, status=GateStatus.AWAITING, before_number=None, limit=9)] == [
        2,
        1,
    ]


@pytest.mark.parametrize("status", [GateStatus.ALLOWED, GateStatus.PREVENTED])
async def test_a_decision_is_kept_with_its_reason(store, asked, status):
    gate = await store.find_gate(ACME, asked.deployment_id)
    decided = await store.decide_gate(gate, status, reason="Looks good\0.", now=moment(30))
    assert (decided.status, decided.reason, decided.changed_at) == (status, "Looks good\ufffd.", moment(30))
    assert await store.find_gate(ACME, asked.deployment_id) == decided


async def test_a_decision_on_what_was_decided_meanwhile_is_a_conflict(store, asked):
    gate = await store.find_gate(ACME, asked.deployment_id)
    decided = await store.decide_gate(gate, GateStatus.PREVENTED, reason="no", now=moment(30))
    with pytest.raises(Conflict) as refused:
        await store.decide_gate(gate, GateStatus.ALLOWED, reason="yes", now=moment(31))
    assert refused.value.code == "gate_decided"
    assert await store.find_gate(ACME, asked.deployment_id) == decided


async def test_the_end_of_a_deployment_closes_a_gate_that_waits(store, asked):
    await write(store, 2, make_change(asked, State.CANCELLED, at=moment(60)), asked)
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert (gate.status, gate.changed_at) == (GateStatus.CLOSED, moment(3))


async def test_its_removal_closes_it_too(store, asked):
    await write(store, 2, make_removal(asked), asked)
    assert (await store.find_gate(ACME, asked.deployment_id)).status is GateStatus.CLOSED


async def test_a_decision_outlives_the_end_of_its_deployment(store, asked):
    gate = await store.find_gate(ACME, asked.deployment_id)
    decided = await store.decide_gate(gate, GateStatus.ALLOWED, reason="", now=moment(30))
    await write(store, 2, make_change(asked, State.SUCCESSFUL, at=moment(60)), asked)
    assert await store.find_gate(ACME, asked.deployment_id) == decided


async def test_a_gate_that_opens_and_closes_in_one_settlement_is_closed(store):
    receipts = [make_receipt(1), make_receipt(2)]
    await store.append_receipts(receipts, claimed_by="a")
    created, first = decide_receipt(receipts[0], ask(1))
    changed, second = decide_receipt(receipts[1], make_change(first, State.FAILED, at=moment(5)), first)
    await store.settle(SettlementBatch(settled_at=moment(9), receipts=(created, changed), changed=(second,)))
    assert (await store.find_gate(ACME, first.deployment_id)).status is GateStatus.CLOSED


async def test_a_gate_goes_with_the_credential_that_asked_for_it(store, asked):
    assert await store.delete_credential(ACME, make_id(1), reason="x", now=moment(9))
    assert await store.find_gate(ACME, asked.deployment_id) is None
