"""A receipt with an item that cannot be settled, over a real store."""

from __future__ import annotations

import random
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.ledger.receipt import ReceiptState, Settlement
from shipledger.ledger.submission import Alias, RecordDeployment, Release, Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.contract import Store
from shipledger.store.receipts.contract import SettlementBatch
from tests.support.factories import ACME, make_id, make_record, moment
from tests.support.worker_bench import working

APPLIED, REJECTED = VerdictKind.APPLIED, VerdictKind.REJECTED


def good(number: int) -> RecordDeployment:
    return make_record(number, external_id=f"build-{number}")


def unfit(number: int) -> RecordDeployment:
    """One that breaks a rule of the database."""
    nothing: Any = None
    return replace(good(number), source=nothing)


def faulty(number: int) -> RecordDeployment:
    """One that trips over the program."""
    nothing: Any = None
    return make_record(number, external_id=f"build-{number}", releases=(Release(repository="a/b/c", commit=nothing),))


async def settle(store: Store, *items: Any) -> tuple[Settlement, int]:
    """What became of one receipt, and how many were set aside."""
    async with working(store) as bench:
        return await bench.settled(await bench.accept(1, *items)), bench.counts.quarantined


def kinds(settlement: Settlement) -> list[VerdictKind]:
    return [verdict.kind for verdict in settlement.verdicts]


@pytest.mark.both_stores
@pytest.mark.parametrize("spoiler", [unfit, faulty])
@pytest.mark.parametrize("places", [{0}, {4}, {2, 3}, {0, 1, 2, 3}])
async def test_items_that_cannot_be_stored_are_rejected_and_the_others_recorded(store, spoiler, places):
    settlement, set_aside = await settle(store, *(spoiler(n) if n in places else good(n) for n in range(5)))
    assert kinds(settlement) == [REJECTED if n in places else APPLIED for n in range(5)]
    assert set_aside == 0
    for number, verdict in enumerate(settlement.verdicts):
        found = await store.find_deployment(ACME, Target(scope="opsgenie:external", key=f"build-{number}"))
        assert (found is None) == (number in places)
        if number in places:
            assert (verdict.reason, verdict.subject) == (Reason.COULD_NOT_BE_STORED, f"build-{number}")
            assert verdict.sentence.startswith("It was accepted but could not be stored (")


@pytest.mark.both_stores
async def test_a_single_item_that_no_database_keeps_ends_in_its_verdict(store):
    settlement, set_aside = await settle(store, unfit(1))
    assert (kinds(settlement), set_aside) == ([REJECTED], 0)
    assert settlement.verdicts[0].subject == "build-1"


@pytest.mark.parametrize("count", [1, 3])
async def test_a_receipt_of_which_everything_trips_over_the_program_waits_until_that_is_mended(store, count):
    async with working(store) as bench:
        receipt_id = await bench.accept(1, *(faulty(number) for number in range(count)))
        assert (await bench.settled(receipt_id)).state is ReceiptState.QUARANTINED
        bench.meanings[receipt_id] = tuple(good(number) for number in range(count))
        await store.replay_receipt(ACME, receipt_id)
        assert kinds(await bench.settled(receipt_id)) == [APPLIED] * count


async def test_receipts_that_are_settled_with_one_that_fails_are_not_touched(store):
    async with working(store) as bench:
        ids = [await bench.accept(number, unfit(number) if number == 5 else good(number)) for number in range(10)]
        found = [kinds(await bench.settled(one)) for one in ids]
    assert found == [[REJECTED] if number == 5 else [APPLIED] for number in range(10)]


async def test_an_incident_that_cannot_be_stored_ends_in_its_verdict(store):
    """PostgreSQL holds no name in an index that is so long; SQLite does."""
    noise = random.Random(7)
    scope = "".join(chr(noise.randrange(0x4E00, 0x9FFF)) for _ in range(4_000))
    incident = RecordIncident(
        source="datadog",
        incident_id=make_id(1),
        identities=(Alias(scope=scope, key="1"),),
        facts=IncidentFacts(title="Checkout answers 500", started_at=moment(1)),
        order=(to_microseconds(moment(1)),),
    )
    settlement, set_aside = await settle(store, incident)
    assert set_aside == 0
    (verdict,) = settlement.verdicts
    if verdict.kind is REJECTED:
        assert (verdict.reason, verdict.subject) == (Reason.COULD_NOT_BE_STORED, "Checkout answers 500")
    else:
        assert verdict.kind is APPLIED


async def test_a_receipt_that_asks_for_nothing_and_cannot_be_settled_is_set_aside_and_holds_up_no_other(store, monkeypatch):
    settle_all = store.settle

    async def settle_what_asks_for_something(batch: SettlementBatch) -> None:
        if any(not one.verdicts for one in batch.receipts):
            raise RuntimeError("broken")
        await settle_all(batch)

    monkeypatch.setattr(store, "settle", settle_what_asks_for_something)
    async with working(store) as bench:
        assert (await bench.settled(await bench.accept(1))).state is ReceiptState.QUARANTINED
        assert (await bench.settled(await bench.accept(2, good(2)))).state is ReceiptState.SETTLED
