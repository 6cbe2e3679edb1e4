"""Whatever stands in a path or a query, every operation has an answer, and nothing that it accepts is set aside."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.attack import Names, list_operations, list_requests
from tests.support.hostile import GROWING, WIDE
from tests.support.tenants import PROTOCOL_OF, make_tenant

pytestmark = pytest.mark.only_postgres

TEXTS = ("a\0b", "\uffff\U0001ffff\u202e", WIDE[:400], GROWING[:400])
ELSEWHERE = ("/ex/jira/", "/jira/deployments/", "/deployments/0.1")
"""Further places of operations that are served under ``/rest/deployments/0.1``."""


def key_of(text: str) -> str:
    """What stands for the rest of a path that names a deployment."""
    return f"{quote(text, safe='')}/environments/{quote(text, safe='')}/deployments/{2**63 - 1}"


async def test_no_name_is_a_fault_of_the_server(place):
    organization_id = await place.organization_id()
    names = Names(organization_id, TEXTS, tuple(map(key_of, TEXTS)))
    turn = asyncio.Semaphore(8)
    async with place.client(timeout=60) as client:
        tenant = await make_tenant(place, place.home, app_key=f"com.example.{place.home}")

        async def answer(sent):
            async with turn:
                return sent, await tenant.send(client, sent)

        requests = [
            sent
            for operation in list_operations()
            if not operation.route.path.startswith(ELSEWHERE)
            for sent in list_requests(operation, names, organization_id, PROTOCOL_OF[operation.protocol][:1])
        ]
        answers = await asyncio.gather(*map(answer, requests))
    faults = [f"{sent.method} {sent.target[:200]}: {got.status_code}" for sent, got in answers if got.status_code >= 500]
    assert faults == []
    await place.count_deployments()
    assert await place.app.store.list_receipts(organization_id, ReceiptFilter(state=ReceiptState.QUARANTINED)) == []
