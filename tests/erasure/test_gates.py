"""A gate is erased with who asked for it, or with its deployment; of an erased decision the outcome is left."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.forwarding.target import WEBHOOK, Target
from shipledger.gating.gate import GateStatus
from shipledger.gating.notice import TOPICS
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.state import State
from shipledger.ledger.verdict import VerdictKind
from shipledger.store.erasure.contract import Selection
from tests.erasure.conftest import ANNA, BERT
from tests.erasure.test_eraser import prove
from tests.support.factories import ACME, decide_receipt, make_batch, make_receipt, make_record, make_report, moment
from tests.support.gating import decide_gate, with_gates


async def ask_at_gate(store, number, *, by=ANNA, **facts):
    """A deployment that waits at its gate."""
    record = replace(make_record(number, state=make_report(State.PENDING), **facts), asks_for_gate=True)
    arrived = make_receipt(number, credential_id=by)
    await store.append_receipts([arrived], claimed_by="node")
    await store.settle(await with_gates(store, make_batch(decide_receipt(arrived, record))))
    return await store.find_gate(ACME, record.deployment_id)


async def test_of_a_decision_that_is_erased_the_outcome_is_left_and_who_asked_takes_the_gate_along(store, eraser, tmp_path):
    asked, other = await ask_at_gate(store, 3), await ask_at_gate(store, 4, by=BERT)
    for gate, by in ((asked, BERT), (other, ANNA)):
        await decide_gate(store, gate, GateStatus.PREVENTED, reason=f"Of {by}.", actor=Actor(ActorKind.CREDENTIAL, by))

    erased = await eraser.erase_credential(ACME, ANNA)

    assert erased.others == {"gates": 2, "gate_entries": 2}
    assert await store.find_gate(ACME, asked.deployment_id) is None
    left = await store.find_gate(ACME, other.deployment_id)
    assert (left.status, left.reason, left.changes[1].reason) == (GateStatus.PREVENTED, "", "")
    assert (await decide_gate(store, left, GateStatus.ALLOWED)).kind is VerdictKind.REJECTED
    await prove(store, tmp_path)


async def test_by_property_a_deployment_takes_its_gate_and_all_decisions_along(store, eraser, tmp_path):
    gone = await ask_at_gate(store, 3, properties={"customer": "anna"})
    kept = await ask_at_gate(store, 4, properties={"customer": "bert"})
    for status in (GateStatus.ALLOWED, GateStatus.PREVENTED):
        await decide_gate(store, gone, status, reason="Anna agrees.")
    selection = Selection(organization_id=ACME, property_name="customer", property_value="anna")
    counted = await eraser.count(selection)

    erased = await eraser.erase(selection, reason="x")

    assert counted == erased
    assert (erased.deployments, erased.receipts, erased.others) == (1, 3, {"gates": 1, "gate_entries": 2})
    assert await store.find_gate(ACME, gone.deployment_id) is None
    assert await store.find_gate(ACME, kept.deployment_id) == kept
    for entry in await store.list_entries_of("gate", ACME, gone.gate_id):
        assert "Anna" not in str(entry)
    await prove(store, tmp_path)


async def test_messages_about_what_is_erased_are_forgotten_whoever_got_them_and_others_stay(store, eraser):
    target = Target(ACME, "t", WEBHOOK, "hook", moment(0), address="https://a.example", topics=TOPICS, sealed_secret=b"x")
    await store.create_target(target)
    asked, decided, kept = [await ask_at_gate(store, number, by=by) for number, by in ((3, ANNA), (4, BERT), (5, BERT))]
    await decide_gate(store, decided, GateStatus.PREVENTED, reason="Anna says no.", actor=Actor(ActorKind.CREDENTIAL, ANNA))
    told = [len(await store.list_messages_about(ACME, gate.deployment_id)) for gate in (asked, decided, kept)]

    await eraser.erase_credential(ACME, ANNA)

    left = [len(await store.list_messages_about(ACME, gate.deployment_id)) for gate in (asked, decided, kept)]
    assert (told, left) == ([1, 2, 1], [0, 0, 1])
