"""How many receipts are claimed at once, and what becomes of claims that nobody knows of."""

from __future__ import annotations

import pytest

from shipledger.clock import Clock
from shipledger.errors import InDoubt
from shipledger.ingestion.claims import CHARACTERS_AT_ONCE, FIRST_LIMIT, Claims
from tests.support.factories import ACME, make_receipt

MOST = 256


def make_claims(store) -> Claims:
    return Claims(store=store, clock=Clock(), node_id="node", most=MOST)


@pytest.mark.both_stores
@pytest.mark.parametrize(
    "characters, limits",
    [
        (10, [FIRST_LIMIT, MOST, MOST]),
        (CHARACTERS_AT_ONCE // 4, [FIRST_LIMIT, 4, 4]),
        (CHARACTERS_AT_ONCE * 2, [FIRST_LIMIT, 1, 1]),
    ],
)
async def test_fewer_receipts_are_claimed_at_once_while_they_are_large(store, characters, limits):
    claims = make_claims(store)
    seen = [claims.limit]
    for number in (1, 2):
        await store.append_receipts([make_receipt(number, body="x" * characters)], claimed_by=None)
        assert len(await claims.take(absent=None, note_absent=pytest.fail)) == 1
        seen.append(claims.limit)
    assert seen == limits


@pytest.mark.both_stores
async def test_what_a_claim_took_whose_answer_did_not_come_is_freed(store, monkeypatch):
    claim = store.claim_receipts

    async def lose_the_answer(**wanted):
        await claim(**wanted)
        raise InDoubt("database", "The connection was lost.")

    await store.append_receipts([make_receipt(1), make_receipt(2)], claimed_by=None)
    claims = make_claims(store)
    held = [task.receipt.receipt_id for task in await claims.take_of(ACME)]
    await store.append_receipts([make_receipt(3)], claimed_by=None)
    monkeypatch.setattr(store, "claim_receipts", lose_the_answer)
    with pytest.raises(InDoubt):
        await claims.take_of(ACME)
    await claims.release_lost(lambda _: held)
    assert [one.receipt for one in await claim(node_id="another", limit=9)] == [make_receipt(3)]
