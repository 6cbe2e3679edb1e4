"""Nodes of one database whose machines disagree about the time: they tell it by the database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from shipledger.access.access_token import TOKEN_SECONDS, AccessTokens
from shipledger.access.credential import hash_secret
from shipledger.clock import Clock
from shipledger.duties.retention import Retention
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.jira_clients import fetch_token, issue_client
from tests.support.opsgenie import created, get, settled
from tests.support.postgres import new_ledger_database
from tests.support.server import Server, serving

TOKEN_KEY = "a-key-for-a-database-without-a-folder"
CLOSE = timedelta(seconds=5)
WRONG_BY = (timedelta(hours=7), timedelta(days=500), timedelta(hours=-7), timedelta(days=-500))


def set_off(by: timedelta) -> Clock:
    """The clock of a machine that is wrong by so much."""
    return Clock(wall_ns=lambda: time.time_ns() + by // timedelta(microseconds=1) * 1_000)


@pytest.fixture(scope="module", params=WRONG_BY, ids=str)
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Server, Server]]:
    """A node whose machine is wrong, and one whose machine is right."""
    async with new_ledger_database() as database_url:
        wrong = serving(database_url, clock=set_off(request.param), token_key=TOKEN_KEY)
        right = serving(database_url, token_key=TOKEN_KEY)
        async with wrong as first, right as second:
            yield first, second


@pytest.fixture
def nodes(pair: tuple[Server, Server]) -> tuple[Server, Server]:
    """The two, for somebody with an organization of their own."""
    home = f"test-{next(_homes)}"
    wrong, right = pair
    return wrong.at(home), right.at(home)


_homes = count(1)


async def test_what_a_client_sends_through_one_node_and_then_the_other_counts_in_this_order(nodes: tuple[Server, Server]):
    wrong, right = nodes
    key = await wrong.issue()
    ids = []
    async with wrong.client(key) as first, right.client(key) as second:
        await created(first, externalId="one", message="first")
        for number in range(6):
            client = (first, second)[number % 2]
            answer = await client.patch("/v2/deployments/one/update?type=api", json={"message": f"message {number}"})
            ids.append(answer.json()["requestId"])
            assert (await settled(client, ids[-1]))["isSuccess"]
            for each in (first, second):
                assert (await get(each, "one", type="api"))["message"] == f"message {number}"
    assert ids == sorted(ids)
    for receipt_id in ids:
        kept = await right.app.store.find_receipt(await right.organization_id(), receipt_id)
        assert kept is not None
        assert abs(kept.receipt.accepted_at - datetime.now(UTC)) < CLOSE
        assert kept.settlement.settled_at is not None
        assert kept.settlement.settled_at >= kept.receipt.accepted_at


async def test_no_node_takes_what_another_has_claimed_and_what_waits_there_is_not_given_up(nodes: tuple[Server, Server]):
    wrong, right = nodes
    key = await wrong.issue()
    for claiming, other in ((right, wrong), (wrong, right)):
        name = f"of-{claiming.port}"
        async with claiming.client(key) as first, other.client(key) as second:
            change = {"state": "successful", "completedAt": "2026-03-04T10:00:00Z"}
            answer = await first.patch(f"/v2/deployments/{name}/updateState?type=api", json=change)
            assert answer.status_code == 202
            assert await other.app.store.release_silent_claims(silent_seconds=SILENT_SECONDS) == 0
            await created(second, externalId=name)
            assert (await settled(first, answer.json()["requestId"]))["isSuccess"]
            assert (await get(second, name, type="api"))["state"] == "successful"


async def test_an_access_token_lasts_as_long_on_every_node_whoever_gave_it_out(nodes: tuple[Server, Server]):
    credential, secret = await issue_client(nodes[0])
    for giving in nodes:
        token = await fetch_token(giving, credential, secret)
        for node in nodes:
            assert await AccessTokens(node.app.store, node.app.clock).authenticate(token) is not None
        ended = datetime.now(UTC) + timedelta(seconds=TOKEN_SECONDS) + CLOSE
        assert await giving.app.store.find_credential_by_token(hash_secret(token), now=ended) is None


async def test_a_node_that_is_ahead_empties_no_young_receipt(nodes: tuple[Server, Server]):
    wrong, right = nodes
    async with right.client(await right.issue()) as client:
        await created(client, externalId="one")
    emptied: list[int] = []
    await Retention(wrong.app.store, wrong.app.clock, timedelta(days=400), emptied.append).run()
    assert emptied == []
    (receipt,) = await right.app.store.list_receipts(await right.organization_id(), ReceiptFilter())
    assert receipt.receipt.body
