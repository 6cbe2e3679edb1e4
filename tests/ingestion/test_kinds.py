"""What holds for receipts about any kind of record: they go through one settlement."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.errors import Conflict
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident
from shipledger.ingestion.batch_settling import MAX_ATTEMPTS
from shipledger.ledger.submission import Alias, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import ACME, make_id, make_receipt, make_record, moment
from tests.support.in_time import in_time
from tests.support.worker_bench import NODE, Bench, working

INCIDENT = RecordIncident(
    source="vendor",
    incident_id=make_id(7),
    identities=(Alias(scope="vendor:id", key="7"),),
    facts=IncidentFacts(title="Down", started_at=moment(7)),
    order=(1,),
)


@pytest.mark.both_stores
@pytest.mark.parametrize("asked", [make_record(1), INCIDENT])
async def test_a_conflict_is_decided_again_on_what_is_stored_now(store, monkeypatch, asked):
    settle = store.settle
    conflicts = 0

    async def conflict_at_first(batch: SettlementBatch) -> None:
        nonlocal conflicts
        if conflicts < MAX_ATTEMPTS - 1:
            conflicts += 1
            raise Conflict("deployment_moved_on", "Another node was faster.")
        await settle(batch)

    monkeypatch.setattr(store, "settle", conflict_at_first)
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, asked))
    assert settlement.verdicts[0].kind is VerdictKind.APPLIED


@pytest.mark.parametrize("asked", [make_record(1), INCIDENT])
async def test_who_waits_on_the_accepting_node_is_handed_the_verdict_without_a_read(store, asked):
    """Of incidents too: they were read back."""
    bench, receipt = Bench(store), make_receipt(1)
    await store.append_receipts([receipt], claimed_by=NODE)
    with bench.settlements.watch(receipt.receipt_id) as watch:
        bench.worker.offer(receipt, (asked,))
        bench.worker.start()
        assert await watch.wait(10)
    await in_time(bench.worker.stop())
    assert [verdict.kind for verdict in watch.settlement.verdicts] == [VerdictKind.APPLIED]


async def test_one_receipt_may_be_about_records_of_several_kinds(store):
    change = ChangeIncident(
        source="vendor", target=Target(scope="vendor:id", key="7"), order=(2,), facts=IncidentFacts(title="Up again")
    )
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, make_record(1), INCIDENT, change, make_record(2)))
    assert [verdict.kind for verdict in settlement.verdicts] == [VerdictKind.APPLIED] * 4
    incident = await store.find_incident(ACME, INCIDENT.incident_id)
    assert (incident.facts.title, incident.version) == ("Up again", 2)
    assert await store.count_deployments(ACME) == 2


async def test_an_item_of_one_kind_that_cannot_be_stored_leaves_those_of_another(store):
    nothing: Any = None
    unfit = replace(INCIDENT, facts=IncidentFacts(title="Unfit"), incident_id=nothing)
    async with working(store) as bench:
        settlement = await bench.settled(await bench.accept(1, make_record(1), unfit))
    first, second = settlement.verdicts
    assert (first.kind, second.kind) == (VerdictKind.APPLIED, VerdictKind.REJECTED)
    assert (second.reason, second.subject) == (Reason.COULD_NOT_BE_STORED, "Unfit")
