import pytest
from msgspec.structs import replace

from shipledger.clock import Clock
from shipledger.erasure.eraser import Eraser
from shipledger.gating.fold import fold_history
from shipledger.gating.gate import GateStatus, GateSubject
from shipledger.gating.submissions import AskGate, DecideGate
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.concerns import concerns_of
from shipledger.ledger.asking import make_asked_receipt
from shipledger.ledger.identity import new_id
from shipledger.ledger.state import State
from shipledger.ledger.submission import Pipeline
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.erasure.contract import Selection
from tests.support.factories import (
    ACME,
    RIVAL,
    make_change,
    make_credential,
    make_id,
    make_record,
    make_removal,
    make_report,
    moment,
    write,
    write_all,
)
from tests.support.gating import OPERATOR, decide_gate
from tests.support.worker_bench import Bench, working

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


async def test_gates_are_numbered_in_their_organization_and_listed_newest_first(store):
    await store.create_credential(make_credential(1, organization_id=RIVAL, secret_hash=bytes(32)))
    await write_all(store, [ask(number) for number in (1, 2, 3)])
    await write_all(store, [ask(number) for number in (1, 2)], organization_id=RIVAL)
    page = await store.list_gates(ACME, status=None, before_number=None, limit=2)
    assert [gate.number for gate in page] == [3, 2]
    assert [gate.number for gate in await store.list_gates(ACME, status=None, before_number=2, limit=2)] == [1]
    assert [gate.number for gate in await store.list_gates(RIVAL, status=None, before_number=None, limit=9)] == [2, 1]
    assert (await decide_gate(store, page[0], GateStatus.ALLOWED)).kind is VerdictKind.APPLIED
    assert [gate.number for gate in await store.list_gates(ACME, status=GateStatus.AWAITING, before_number=None, limit=9)] == [
        2,
        1,
    ]


@pytest.mark.parametrize("status", [GateStatus.ALLOWED, GateStatus.PREVENTED])
async def test_a_decision_is_kept_with_its_actor_and_reason(store, asked, status):
    gate = await store.find_gate(ACME, asked.deployment_id)
    verdict = await decide_gate(store, gate, status, reason="Looks good\0.")
    assert (verdict.kind, verdict.subject, verdict.deployment_id) == (VerdictKind.APPLIED, "GATE-1", asked.deployment_id)
    decided = await store.find_gate(ACME, asked.deployment_id)
    assert (decided.status, decided.reason, decided.version) == (status, "Looks good\ufffd.", 2)
    assert [(one.status, str(one.actor)) for one in decided.changes] == [
        (GateStatus.AWAITING, f"credential:{make_id(1)}"),
        (status, "command:gate"),
    ]
    entries = await store.list_entries_of("gate", ACME, decided.gate_id)
    assert [(type(entry.submission), entry.actor) for entry in entries] == [
        (AskGate, decided.changes[0].actor),
        (DecideGate, decided.changes[1].actor),
    ]
    assert fold_history(entries) == decided


async def test_of_two_decisions_the_first_counts_and_the_other_is_told_so(store, asked):
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert (await decide_gate(store, gate, GateStatus.PREVENTED, reason="no")).kind is VerdictKind.APPLIED
    decided = await store.find_gate(ACME, asked.deployment_id)
    again = await decide_gate(store, gate, GateStatus.PREVENTED, reason="no, no")
    assert (again.kind, again.reason) == (VerdictKind.DUPLICATE, Reason.NOTHING_NEW)
    refused = await decide_gate(store, gate, GateStatus.ALLOWED, reason="yes")
    assert (refused.kind, refused.reason) == (VerdictKind.REJECTED, Reason.DECIDED_OTHERWISE)
    assert refused.sentence == "GATE-1 was prevented before; that is final."
    assert await store.find_gate(ACME, asked.deployment_id) == decided


async def test_a_decision_whose_command_was_killed_is_settled_by_whoever_starts_next(store, asked):
    decision = DecideGate(deployment_id=asked.deployment_id, status=GateStatus.ALLOWED)
    at = moment(900)
    receipt = make_asked_receipt(
        ACME, [decision], operation="gate", actor=OPERATOR, receipt_id=new_id(at, bytes(8)), accepted_at=at
    )
    concerns = {receipt.receipt_id: concerns_of(ACME, [decision])}
    await store.append_receipts([receipt], claimed_by=None, concerns=concerns)
    async with working(store) as bench:
        settlement = await bench.settled(receipt.receipt_id)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert [str(one.actor) for one in gate.changes] == [f"credential:{make_id(1)}", "command:gate"]


async def test_nobody_decides_about_a_deployment_that_waits_nowhere(store):
    unasked = await write(store, 1, make_record(1))
    asked = DecideGate(deployment_id=unasked.deployment_id, status=GateStatus.ALLOWED)
    (verdict,) = await AskingStore(store, Clock()).ask(ACME, [asked], operation="gate", actor=OPERATOR)
    assert (verdict.kind, verdict.reason) == (VerdictKind.REJECTED, Reason.UNKNOWN_GATE)


@pytest.mark.parametrize("ends", [make_removal, lambda asked: make_change(asked, State.CANCELLED, at=moment(60))])
async def test_the_end_of_a_deployment_closes_a_gate_that_waits_and_no_other(store, asked, ends):
    other = await write(store, 2, ask(2))
    allowed = await store.find_gate(ACME, other.deployment_id)
    await decide_gate(store, allowed, GateStatus.ALLOWED)
    for number, deployment in ((3, asked), (4, other)):
        async with working(store) as bench:
            await bench.settled(await bench.accept(number, ends(deployment)))
    gate = await store.find_gate(ACME, asked.deployment_id)
    assert (gate.status, str(gate.changes[1].actor)) == (GateStatus.CLOSED, f"credential:{make_id(1)}")
    assert (await store.find_gate(ACME, other.deployment_id)).status is GateStatus.ALLOWED


async def test_one_receipt_opens_and_closes_a_gate_and_a_batch_decides_in_between(store):
    async with working(store) as bench:
        over = replace(ask(1), order=(9,), state=make_report(State.FAILED, at=moment(9)), asks_for_gate=False)
        await bench.settled(await bench.accept(1, ask(1), over))
    closed = await store.find_gate(ACME, ask(1).deployment_id)
    assert [one.status for one in closed.changes] == [GateStatus.AWAITING, GateStatus.CLOSED]

    bench = Bench(store)
    decision = DecideGate(deployment_id=ask(2).deployment_id, status=GateStatus.ALLOWED)
    over = replace(over, deployment_id=ask(2).deployment_id, identities=ask(2).identities)
    receipts = [await bench.accept(number, meaning) for number, meaning in ((2, decision), (3, ask(2)), (4, over))]
    bench.worker.start()
    first = (await bench.settled(receipts[0])).verdicts[0]
    await bench.settled(receipts[2])
    await bench.worker.stop()
    gate = await store.find_gate(ACME, ask(2).deployment_id)
    assert (gate.number, len(gate.changes)) == (2, 2)
    assert (first.kind is VerdictKind.APPLIED) is (gate.status is GateStatus.ALLOWED)
    assert gate.status in (GateStatus.ALLOWED, GateStatus.CLOSED)


async def test_a_number_is_never_given_twice(store, asked):
    async with working(store) as bench:
        await bench.settled(await bench.accept(5, ask(5), ask(6)))
    await Eraser(store, Clock(), grace_seconds=0).erase(Selection(organization_id=ACME), reason="x")
    assert await store.list_gates(ACME, status=None, before_number=None, limit=9) == []
    later = await write(store, 7, ask(7))
    assert (await store.find_gate(ACME, later.deployment_id)).number == 4
