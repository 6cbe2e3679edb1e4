"""A node settles while another one holds, or settles just now, what belongs to the same deployment or incident."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.clock import EPOCH, Clock
from shipledger.duties.gate_timeouts import GateTimeouts
from shipledger.errors import Conflict, Unavailable
from shipledger.gating.gate import GateStatus
from shipledger.gating.submissions import DecideGate
from shipledger.incidents.decide import decide as decide_incident
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.concerns import concerns_of
from shipledger.ledger.deployment import Deployment, external_alias, property_alias
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, ChangeState, Recognition, Remove, RemoveMatching, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.contract import Store
from shipledger.store.nodes.announcement import Announcement
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from tests.support.factories import ACME, decide_receipt, make_batch, make_receipt, make_record, make_report, moment, write
from tests.support.gating import decide_gate
from tests.support.in_time import in_time
from tests.support.worker_bench import NODE, Bench, working

pytestmark = pytest.mark.only_postgres
"""Only there are several nodes."""

OTHER = "the other node"
NOT_YET_SECONDS = 0.15
"""So long a receipt is watched that must not be settled."""

CALLED = external_alias("opsgenie", "build-77")
BY_NAME = Target(scope=CALLED.scope, key=CALLED.key)
FINISHED = ChangeState(source="opsgenie", target=BY_NAME, state=make_report(State.SUCCESSFUL, moment(60)))
INCIDENT = Alias(scope="vendor:id", key="7")


def record_of(number: int, **facts: Any):
    """A record that shares with others of its kind no more than the name by which they are called."""
    return make_record(number, external_id="build-77", **facts)


async def hold(store: Store, number: int, *asked: Any, **changes: Any) -> Receipt:
    """A receipt that the other node has accepted and not settled."""
    receipt = make_receipt(number, **changes)
    await store.append_receipts([receipt], claimed_by=OTHER, concerns={receipt.receipt_id: concerns_of(ACME, asked)})
    return receipt


async def settle_elsewhere(store: Store, receipt: Receipt, asked: Any, current: Deployment | None = None) -> Deployment:
    """The other node settles it; the deployment as it is then."""
    decided, deployment = decide_receipt(receipt, asked, current)
    await store.settle(make_batch((replace(decided, concerns=concerns_of(ACME, [asked])), deployment)))
    assert deployment is not None
    return deployment


class Interrupted:
    """A store in which something happens just after the read of a number: the reads of a settlement take long."""

    def __init__(self, store: Store, after: int, happen: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._left = after
        self._happen = happen

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._store, name)
        if not name.startswith(("find_pending", "find_oldest", "find_matching", "load")):
            return verb

        async def read(*arguments: Any, **named: Any) -> Any:
            found = await verb(*arguments, **named)
            self._left -= 1
            if self._left == 0:
                await self._happen()
            return found

        return read


@asynccontextmanager
async def working_while(store: Store, after: int, happen: Callable[[], Awaitable[None]]) -> AsyncIterator[Bench]:
    async with working(Interrupted(store, after, happen), update_wait=timedelta(0)) as bench:
        yield bench


READS = range(1, 5)
"""A settlement reads less often than that."""


@pytest.mark.parametrize("after", READS)
async def test_an_update_is_not_rejected_when_the_other_node_settles_its_create_between_any_two_reads(store, after):
    create = await hold(store, 1, record_of(1))
    async with working_while(store, after, lambda: settle_elsewhere(store, create, record_of(1))) as bench:
        settlement = await bench.settled(await bench.accept(2, FINISHED, young=False))
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED


@pytest.mark.parametrize("after", READS)
async def test_nor_is_a_removal(store, after):
    create = await hold(store, 1, record_of(1))
    async with working_while(store, after, lambda: settle_elsewhere(store, create, record_of(1))) as bench:
        settlement = await bench.settled(await bench.accept(2, Remove(source="opsgenie", target=BY_NAME)))
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    assert await store.find_deployment(ACME, BY_NAME) is None


@pytest.mark.parametrize("after", READS)
async def test_a_removal_by_properties_finds_what_the_other_node_settles_between_any_two_reads(store, after):
    record = record_of(1, properties={"site": "eu"})
    removal = RemoveMatching(source="opsgenie", aliases=(property_alias("opsgenie", "site", "eu"),))
    create = await hold(store, 1, record)
    async with working_while(store, after, lambda: settle_elsewhere(store, create, record)) as bench:
        settlement = await bench.settled(await bench.accept(2, removal))
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    assert await store.find_deployment(ACME, BY_NAME) is None


@pytest.mark.parametrize("after", READS)
async def test_a_repeat_without_an_id_is_recognized_when_the_other_node_settles_the_first_between_any_two_reads(store, after):
    recognition = Recognition(names=(Alias(scope="moment", key="checkout at ten"),))
    first, second = (replace(make_record(number), identities=(), recognition=recognition) for number in (1, 2))
    create = await hold(store, 1, first)
    async with working_while(store, after, lambda: settle_elsewhere(store, create, first)) as bench:
        await bench.settled(await bench.accept(2, second))
    assert await store.count_deployments(ACME) == 1


async def is_settled(bench: Bench, receipt_id: str) -> bool:
    await asyncio.sleep(NOT_YET_SECONDS)
    return (await bench.store.find_settlement(ACME, receipt_id)).state is ReceiptState.SETTLED


@pytest.mark.parametrize("asked", [record_of(2), FINISHED, Remove(source="opsgenie", target=BY_NAME)])
async def test_what_may_be_about_one_deployment_waits_for_a_record_that_the_other_node_accepted_before(store, asked):
    create = await hold(store, 1, record_of(1))
    async with working(store, update_wait=timedelta(0)) as bench:
        later = await bench.accept(3, asked, young=False)
        assert not await is_settled(bench, later)
        await settle_elsewhere(store, create, record_of(1))
        settlement = await bench.settled(later)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED


@pytest.mark.parametrize("is_called_by_our_id", [True, False])
async def test_a_record_waits_for_a_change_of_what_is_recorded_already_by_whatever_name(store, is_called_by_our_id):
    deployment = await settle_elsewhere(store, await hold(store, 1, record_of(1)), record_of(1))
    change = replace(FINISHED, target=Target(key=deployment.deployment_id)) if is_called_by_our_id else FINISHED
    held = await hold(store, 2, change)
    async with working(store) as bench:
        later = await bench.accept(3, record_of(1, title="Said again"), young=False)
        assert not await is_settled(bench, later)
        await settle_elsewhere(store, held, change, deployment)
        await bench.settled(later)


@pytest.mark.parametrize("asked", ["record", "change", "removal"])
async def test_a_report_waits_for_an_older_decision_about_the_gate_of_its_deployment(store, asked):
    record = replace(record_of(1, sequence=1), asks_for_gate=True)
    over = replace(record, order=(2,), state=make_report(State.SUCCESSFUL, moment(90)), asks_for_gate=False)
    decision = DecideGate(deployment_id=record.deployment_id, status=GateStatus.ALLOWED)
    async with working(store) as bench:
        await bench.settled(await bench.accept(1, record))
        held = await hold(store, 2, decision)
        bench.meanings[held.receipt_id] = (decision,)
        removal = Remove(source="opsgenie", target=BY_NAME)
        late = await bench.accept(3, {"record": over, "change": FINISHED, "removal": removal}[asked])
        assert not await is_settled(bench, late)
        await store.release_receipts([held], count_attempt=False)  # its node is gone
        await bench.settled(late)
    gate = await store.find_gate(ACME, record.deployment_id)
    assert [one.status for one in gate.changes] == [GateStatus.AWAITING, GateStatus.ALLOWED]


async def test_a_decision_waits_for_an_older_report_about_its_deployment_by_whatever_name(store):
    record = replace(record_of(1, sequence=1), asks_for_gate=True)
    decision = DecideGate(deployment_id=record.deployment_id, status=GateStatus.ALLOWED)
    async with working(store) as bench:
        await bench.settled(await bench.accept(1, record))
        held = await hold(store, 2, FINISHED)
        bench.meanings[held.receipt_id] = (FINISHED,)
        late = await bench.accept(3, decision)
        assert not await is_settled(bench, late)
        await store.release_receipts([held], count_attempt=False)  # its node is gone
        verdict = (await bench.settled(late)).verdicts[0]
    assert (verdict.kind, verdict.reason) == (VerdictKind.REJECTED, Reason.DECIDED_OTHERWISE)
    assert (await store.find_gate(ACME, record.deployment_id)).status is GateStatus.CLOSED


async def test_pending_receipts_are_looked_up_by_the_gate_only_of_what_has_one(store):
    record = record_of(1, sequence=1)
    reads: list[str] = []

    class Noted(Interrupted):
        def __getattr__(self, name: str) -> Any:
            reads.append(name)
            return super().__getattr__(name)

    async with working(Noted(store, 0, asyncio.Event().wait)) as bench:
        for number, asks in ((1, False), (3, True)):
            report = replace(record, order=(number,), asks_for_gate=asks, state=make_report(State.PENDING, moment(number)))
            await bench.settled(await bench.accept(number, report))
            reads.clear()
            running = ChangeState(source="opsgenie", target=BY_NAME, state=make_report(at=moment(number + 1)))
            await bench.settled(await bench.accept(number + 1, running))
            assert reads.count("find_pending") == 1 + asks


async def test_of_many_decisions_and_a_timeout_on_two_nodes_at_once_one_counts_and_each_is_told_so(store):
    asked = await write(store, 1, replace(make_record(1), asks_for_gate=True))
    gate = await store.find_gate(ACME, asked.deployment_id)
    clock = Clock()
    clock.now, clock.even_since = lambda: gate.asked_at + timedelta(hours=2), EPOCH
    timeout = GateTimeouts(store, clock, AskingStore(store, clock), timedelta(hours=1))
    statuses = [GateStatus.ALLOWED, GateStatus.PREVENTED] * 4
    *verdicts, _ = await asyncio.gather(*(decide_gate(store, gate, one) for one in statuses), timeout.run())
    decided = await store.find_gate(ACME, asked.deployment_id)
    assert decided.version == len(decided.changes) == 2
    applied = [one for one, verdict in zip(statuses, verdicts, strict=True) if verdict.kind is VerdictKind.APPLIED]
    assert applied == [decided.status] or (applied == [] and str(decided.changes[1].actor) == "duty:gate-timeout")
    for one, verdict in zip(statuses, verdicts, strict=True):
        agrees = verdict.kind in (VerdictKind.APPLIED, VerdictKind.DUPLICATE)
        assert agrees is (one is decided.status)


async def test_a_record_does_not_wait_for_a_change_that_waits_for_it(store):
    async with working(store) as bench:
        change = await hold(store, 1, FINISHED)
        await bench.settled(await bench.accept(2, record_of(2), young=False))
    assert (await store.find_settlement(ACME, change.receipt_id)).state is ReceiptState.PENDING


async def test_other_deployments_go_on_meanwhile(store):
    await hold(store, 1, record_of(1))
    async with working(store) as bench:
        blocked = await bench.accept(2, record_of(2), young=False)
        await bench.settled(await bench.accept(3, make_record(3), young=False))
        assert not await is_settled(bench, blocked)


async def test_an_update_waits_for_a_create_that_a_node_accepted_whose_clock_is_ahead(store):
    create = await hold(store, 9, record_of(9))
    async with working(store, update_wait=timedelta(0)) as bench:
        update = await bench.accept(2, FINISHED, young=False)
        assert not await is_settled(bench, update)
        await settle_elsewhere(store, create, record_of(9))
        assert (await bench.settled(update)).verdicts[0].kind is VerdictKind.APPLIED


@pytest.mark.parametrize("older_is_noted", [True, False])
async def test_an_update_between_two_records_that_are_pending_is_not_rejected(store, older_is_noted):
    older = make_receipt(1)
    concerns = {older.receipt_id: concerns_of(ACME, [record_of(1)])} if older_is_noted else None
    await store.append_receipts([older], claimed_by=OTHER, concerns=concerns)
    await hold(store, 9, record_of(9))
    async with working(store, update_wait=timedelta(0)) as bench:
        update = await bench.accept(5, FINISHED, young=False)
        assert not await is_settled(bench, update)
        await settle_elsewhere(store, older, record_of(1))
        settlement = await bench.settled(update)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    assert settlement.verdicts[0].deployment_id == make_record(1).deployment_id


async def test_what_comes_after_a_removal_by_properties_is_not_removed_by_it(store):
    removal = RemoveMatching(source="opsgenie", aliases=(property_alias("opsgenie", "site", "eu"),))
    held = await hold(store, 1, removal)
    async with working(store) as bench:
        later = await bench.accept(2, record_of(2, properties={"site": "eu"}), young=False)
        assert not await is_settled(bench, later)
        await store.settle(make_batch(decide_receipt(held, removal)))
        await bench.settled(later)


async def test_a_node_to_which_others_are_faster_time_and_again_sets_nothing_aside(store, monkeypatch):
    settle, left = store.settle, 40

    async def lose_at_first(batch: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise Conflict("deployment_moved_on", "Another node was faster.")
        await settle(batch)

    monkeypatch.setattr(store, "settle", lose_at_first)
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, make_record(1)), seconds=60)
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED
    assert bench.counts.quarantined == 0


def record_incident(number: int) -> RecordIncident:
    return RecordIncident(
        source="vendor",
        incident_id=make_receipt(number).receipt_id,
        identities=(INCIDENT,),
        facts=IncidentFacts(title="Down", started_at=moment(number)),
        order=(number,),
    )


CHANGE_OF_INCIDENT = ChangeIncident(
    source="vendor",
    target=Target(scope=INCIDENT.scope, key=INCIDENT.key),
    order=(50,),
    facts=IncidentFacts(title="Up again"),
)


@pytest.mark.parametrize("created", [1, 9])
async def test_a_change_of_an_incident_waits_until_the_other_node_has_recorded_it(store, created):
    create = await hold(store, created, record_incident(created))
    async with working(store) as bench:
        change = await bench.accept(2, CHANGE_OF_INCIDENT, young=False)
        assert not await is_settled(bench, change)
        record = record_incident(created)
        decision = decide_incident(None, create, 0, record, moment(20))
        settled = SettledReceipt(create, (decision.verdict,), (decision.entry,), concerns=concerns_of(ACME, [record]))
        await store.settle(SettlementBatch(settled_at=moment(20), receipts=(settled,), changed=(decision.incident,)))
        assert (await bench.settled(change)).verdicts[0].kind is VerdictKind.APPLIED
    assert (await store.load_incidents([(ACME, INCIDENT)]))[ACME, INCIDENT].facts.title == "Up again"


async def test_a_change_of_an_incident_that_nobody_records_is_rejected_at_once(store):
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(2, CHANGE_OF_INCIDENT))
    assert settlement.verdicts[0].kind is VerdictKind.REJECTED


async def test_other_nodes_and_the_metrics_are_told_of_settled_incidents(store, monkeypatch):
    told: list[str] = []

    async def note(announcement: Announcement) -> None:
        told.extend(announcement.settled)

    monkeypatch.setattr(store, "announce", note)
    async with working(store) as bench:
        receipt_id = await bench.accept(1, record_incident(1))  # free in the store: perhaps another node took it in
        await bench.settled(receipt_id)
    assert told == [receipt_id]
    assert bench.counts.settled == [VerdictKind.APPLIED]


async def be_struck_off(store: Store, node_id: str) -> None:
    """A rebuild takes the node for dead, as it was silent for a moment."""
    await store.register_node(node_id)
    await asyncio.sleep(0.02)
    await store.begin_rebuild(silent_seconds=0.01)
    await store.end_rebuild()


@pytest.mark.parametrize("asked", [make_record(1), record_incident(1)])
async def test_a_node_that_was_struck_off_settles_neither_deployments_nor_incidents(store, monkeypatch, asked):
    settle, outcomes, has_tried = store.settle, [], asyncio.Event()

    async def settle_and_note(batch: Any) -> None:
        try:
            await settle(batch)
            outcomes.append("settled")
        except Unavailable:
            outcomes.append("refused")
            raise
        finally:
            has_tried.set()

    monkeypatch.setattr(store, "settle", settle_and_note)
    await be_struck_off(store, NODE)
    async with working(store) as bench:
        receipt_id = await bench.accept(1, asked)
        await in_time(has_tried.wait())
    assert set(outcomes) == {"refused"}
    assert (await store.find_settlement(ACME, receipt_id)).state is ReceiptState.PENDING
    assert bench.counts.settled == []
