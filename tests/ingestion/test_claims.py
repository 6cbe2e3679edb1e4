"""How many receipts are claimed at once."""

from __future__ import annotations

import pytest

from shipledger.clock import Clock
from shipledger.ingestion.claims import CHARACTERS_AT_ONCE, FIRST_LIMIT, Claims
from tests.support.factories import make_receipt

MOST = 256


@pytest.mark.parametrize(
    "characters, limits",
    [
        (10, [FIRST_LIMIT, MOST, MOST]),
        (CHARACTERS_AT_ONCE // 4, [FIRST_LIMIT, 4, 4]),
        (CHARACTERS_AT_ONCE * 2, [FIRST_LIMIT, 1, 1]),
    ],
)
async def test_fewer_receipts_are_claimed_at_once_while_they_are_large(store, characters, limits):
    claims = Claims(store=store, clock=Clock(), node_id="node", most=MOST)
    seen = [claims.limit]
    for number in (1, 2):
        await store.append_receipts([make_receipt(number, body="x" * characters)], claimed_by=None)
        assert len(await claims.take(absent=None, note_absent=pytest.fail)) == 1
        seen.append(claims.limit)
    assert seen == limits
