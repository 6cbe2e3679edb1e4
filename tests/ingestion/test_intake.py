"""Intake over a real store: what it holds in memory is bounded in number and in size."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.errors import NotFound, Unavailable
from shipledger.ingestion.acceptance import LARGE_BODY_CHARACTERS
from shipledger.ingestion.intake import MAX_WAITING_CHARACTERS, Intake
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.translation import translation_reader
from shipledger.ledger.receipt import Receipt
from tests.support.factories import make_receipt, make_record
from tests.support.in_time import in_time

NODE = "node"


class Settler:
    """A settler that notes what it is offered."""

    def __init__(self, *, characters: int = 2 * MAX_WAITING_CHARACTERS) -> None:
        self.characters = characters
        self.offered: list[str] = []
        self.looks = 0

    def has_room(self, count: int, characters: int) -> bool:
        return characters <= self.characters

    def offer(self, receipt, submissions, concerns) -> None:
        self.offered.append(receipt.receipt_id)

    def look_in_store(self) -> None:
        self.looks += 1


class Observer:
    def observe_accepted(self, protocol: str) -> None:
        """Not asked for here."""

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """Not asked for here."""


def make_intake(store, settler: Settler, *, queue_limit: int = 100) -> Intake:
    pressure = Pressure(asyncio.get_running_loop().time)
    return Intake(
        store=store,
        settler=settler,
        observer=Observer(),
        pressure=pressure,
        node_id=NODE,
        queue_limit=queue_limit,
    )


async def accept(intake: Intake, receipt: Receipt) -> None:
    await in_time(intake.accept(receipt, ()))


async def free_in(store) -> list[str]:
    return [one.receipt.receipt_id for one in await store.claim_receipts(node_id="another", limit=10)]


async def test_a_large_receipt_is_kept_for_settlement_where_there_is_room(store):
    settler = Settler()
    intake = make_intake(store, settler)
    intake.start()
    large = make_receipt(1, body="x" * (LARGE_BODY_CHARACTERS + 1))
    await accept(intake, large)
    await in_time(intake.stop())
    assert settler.offered == [large.receipt_id]


async def test_large_receipts_are_the_first_to_be_left_in_the_store(store):
    settler = Settler(characters=LARGE_BODY_CHARACTERS)
    intake = make_intake(store, settler)
    intake.start()
    small, large = make_receipt(1), make_receipt(2, body="x" * (LARGE_BODY_CHARACTERS + 1))
    await asyncio.gather(accept(intake, small), accept(intake, large))
    await in_time(intake.stop())
    assert settler.offered == [small.receipt_id]
    assert settler.looks == 1
    assert await free_in(store) == [large.receipt_id]


async def test_receipts_are_left_in_the_store_while_memory_is_full(store):
    settler = Settler(characters=-1)
    intake = make_intake(store, settler)
    intake.start()
    receipt, asked = make_receipt(1), make_record(1)
    await in_time(intake.accept(receipt, (asked,)))
    await in_time(intake.stop())
    assert settler.offered == []
    (left,) = await store.claim_receipts(node_id="another", limit=10)
    assert left.receipt == receipt
    assert left.are_names_noted, "what it concerns is stored with it, or it holds up others' updates"
    assert translation_reader(store.aggregates)(left.translation).asks == [asked]


@pytest.mark.parametrize(
    "body, waiting",
    [pytest.param("x", 3, id="too many"), pytest.param("x" * MAX_WAITING_CHARACTERS, 1, id="too large together")],
)
async def test_a_full_queue_refuses_what_comes_next_and_keeps_what_it_has(store, body, waiting):
    settler = Settler()
    intake = make_intake(store, settler, queue_limit=3)
    accepting = [asyncio.create_task(accept(intake, make_receipt(number, body=body))) for number in range(1, waiting + 1)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="Too many writes are waiting"):
        await accept(intake, make_receipt(9))
    intake.start()
    await in_time(asyncio.gather(*accepting))
    await accept(intake, make_receipt(10))
    await in_time(intake.stop())
    assert make_receipt(10).receipt_id in settler.offered
    assert await store.find_settlement("acme", make_receipt(9).receipt_id) is None


@pytest.mark.both_stores
async def test_a_store_that_fails_is_told_to_every_sender_and_intake_goes_on(store, monkeypatch):
    append = store.append_receipts
    settler = Settler()
    intake = make_intake(store, settler)

    async def fail(*_: object, **__: object) -> None:
        raise Unavailable("store", "The disk is full.")

    monkeypatch.setattr(store, "append_receipts", fail)
    intake.start()
    refusals = await asyncio.gather(*(accept(intake, make_receipt(one)) for one in (1, 2)), return_exceptions=True)
    assert all(isinstance(refusal, Unavailable) for refusal in refusals)
    monkeypatch.setattr(store, "append_receipts", append)
    await accept(intake, make_receipt(3))
    assert settler.offered == [make_receipt(3).receipt_id]
    assert intake.is_alive
    await in_time(intake.stop())
    with pytest.raises(Unavailable, match="stopping"):
        await accept(intake, make_receipt(4))


@pytest.mark.both_stores
async def test_a_receipt_that_cannot_be_kept_costs_none_that_is_committed_with_it(store):
    settler = Settler()
    intake = make_intake(store, settler)
    receipts = [make_receipt(number) for number in range(1, 6)]
    receipts[2] = make_receipt(3, organization_id="an organization that was erased just now")
    together = asyncio.gather(*(accept(intake, receipt) for receipt in receipts), return_exceptions=True)
    await asyncio.sleep(0)
    intake.start()
    outcomes = await together
    await in_time(intake.stop())
    assert [type(outcome) for outcome in outcomes] == [type(None), type(None), NotFound, type(None), type(None)]
    assert sorted(settler.offered) == [receipt.receipt_id for receipt in receipts if receipt is not receipts[2]]
    assert intake.depth == 0
