"""While some organizations cannot be reached in the database, the others do not notice.

That is so on Citus while a worker is away. Here a plain PostgreSQL fails for some organizations alone, in the same words.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from shipledger.errors import Unavailable
from shipledger.ledger.receipt import Receipt, ReceiptState
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.postgres.runner import Runner
from tests.support.factories import make_receipt
from tests.support.opsgenie import create_body
from tests.support.reach import Reach, losable_database
from tests.support.server import SETTLED_WITHIN_SECONDS, Server, files_of, serving

HERE, AWAY = "here", "away"


class Installation:
    """A server, with a client for each of two organizations."""

    def __init__(self, server: Server, reach: Reach, clients: dict[str, httpx2.AsyncClient], ids: dict[str, str]) -> None:
        self.server = server
        self.reach = reach
        self.ids = ids
        self._clients = clients

    async def create(self, organization: str) -> httpx2.Response:
        """The answer to a create."""
        return await self._clients[organization].post("/v2/deployments", json=create_body())

    async def verdict(self, organization: str, answer: httpx2.Response) -> bool:
        """Whether a create that was acknowledged is applied, once it is settled."""
        assert answer.status_code == 202, answer.text
        path = f"/v2/deployments/requests/{answer.json()['requestId']}"
        async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
            while (found := await self._clients[organization].get(path)).status_code == 404:  # noqa: ASYNC110  polled, as by a client
                await asyncio.sleep(0.01)
        return bool(found.json()["data"]["isSuccess"])

    async def readiness(self) -> tuple[int, str]:
        """The status of readiness, and what it says of organizations."""
        async with self.server.client() as client:
            answer = await client.get("/readyz")
        return answer.status_code, answer.json()["checks"]["organizations"]


@asynccontextmanager
async def installed(reach: Reach, folder: Path) -> AsyncIterator[Installation]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(reach.url, **files_of(reach.url, folder)))
        clients, ids = {}, {}
        for slug in (HERE, AWAY):
            clients[slug] = await stack.enter_async_context(server.client(await server.issue(organization=slug)))
            ids[slug] = await server.organization_id(slug)
        yield Installation(server, reach, clients, ids)


@pytest.fixture
async def reach(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reach]:
    """With the statements for Citus, which keep to the rows of those who are meant."""

    async def be_spread(self: Runner, _: object) -> None:
        self.use("citus")

    monkeypatch.setattr(Runner, "adapt", be_spread)
    async with losable_database() as database:
        yield database


@pytest.fixture
async def ledger(reach: Reach, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installed(reach, tmp_path) as installation:
        yield installation


async def create_of_both(ledger: Installation, count: int) -> tuple[list[httpx2.Response], list[httpx2.Response]]:
    """Creates of both organizations at once, which share commits."""
    answers = await asyncio.gather(*(ledger.create(slug) for _ in range(count) for slug in (HERE, AWAY)))
    return answers[::2], answers[1::2]


async def test_writes_of_others_are_accepted_and_settled(ledger: Installation) -> None:
    await ledger.reach.lose(ledger.ids[AWAY])
    for _ in range(3):
        here, away = await create_of_both(ledger, 10)
        assert {(one.status_code, one.headers["Retry-After"]) for one in away} == {(503, "1")}
        for one in here:
            assert await ledger.verdict(HERE, one)
    await ledger.reach.regain(ledger.ids[AWAY])
    here, away = await create_of_both(ledger, 10)
    for organization, answers in ((HERE, here), (AWAY, away)):
        for one in answers:
            assert await ledger.verdict(organization, one)
    assert await ledger.server.app.store.count_entries() == 50


async def test_a_commit_in_doubt_is_asked_after_while_others_write(ledger: Installation) -> None:
    await ledger.reach.lose(ledger.ids[AWAY], when="at commit")
    answers = [asyncio.create_task(ledger.create(slug)) for slug in (AWAY, HERE, AWAY)]
    assert await ledger.verdict(HERE, await answers[1])
    assert await ledger.verdict(HERE, await ledger.create(HERE))
    assert not answers[0].done()
    await ledger.reach.regain(ledger.ids[AWAY])
    for answer in (answers[0], answers[2]):
        assert await ledger.verdict(AWAY, await answer)


async def test_settlement_of_others_goes_on(ledger: Installation) -> None:
    await ledger.reach.lose(ledger.ids[AWAY], table="verdict")
    here, away = await create_of_both(ledger, 10)
    for one in here:
        assert await ledger.verdict(HERE, one)
    assert (await ledger.readiness())[0] == 200
    assert "1" in (await ledger.readiness())[1]
    later = await ledger.create(AWAY)
    await ledger.reach.regain(ledger.ids[AWAY])
    for one in [*away, later]:
        assert await ledger.verdict(AWAY, one)
    assert await ledger.readiness() == (200, "ok")


async def test_a_node_starts_and_settles_what_a_dead_one_left_of_others(reach: Reach, tmp_path: Path) -> None:
    async with installed(reach, tmp_path) as first:
        ids = first.ids
        credentials = {slug: (await first.server.app.store.list_credentials(ids[slug]))[0].credential_id for slug in ids}
    store = await open_store(reach.url)
    left = {
        slug: make_receipt(number, organization_id=ids[slug], credential_id=credentials[slug], body=json.dumps(create_body()))
        for number, slug in enumerate((HERE, AWAY))
    }
    await store.append_receipts(list(left.values()), claimed_by="a dead node")
    await reach.lose(ids[AWAY])
    async with serving(reach.url, **files_of(reach.url, tmp_path)):
        await state_of(store, left[HERE], ReceiptState.SETTLED)
        await reach.regain(ids[AWAY])
        await state_of(store, left[AWAY], ReceiptState.SETTLED)
    await store.close()


async def test_what_was_left_in_the_store_is_claimed_of_others_while_one_is_away(ledger: Installation) -> None:
    store, worker = ledger.server.app.store, ledger.server.app.worker
    await ledger.reach.lose(ledger.ids[AWAY], table="verdict")
    here, away = await create_of_both(ledger, 1)
    assert await ledger.verdict(HERE, here[0])
    receipt = make_receipt(7, organization_id=ledger.ids[HERE], credential_id="", body=json.dumps(create_body()))
    await store.append_receipts([receipt], claimed_by=None)
    worker.look_in_store()
    await state_of(store, receipt, ReceiptState.SETTLED)
    await ledger.reach.regain(ledger.ids[AWAY])
    assert await ledger.verdict(AWAY, away[0])


async def test_a_stopping_node_frees_what_it_has_of_others(ledger: Installation) -> None:
    await ledger.reach.lose(ledger.ids[AWAY], table="verdict")
    here, _ = await create_of_both(ledger, 3)
    for one in here:
        assert await ledger.verdict(HERE, one)
    await ledger.server.app.worker.stop()
    claimed = await ledger.server.app.store.claim_receipts(node_id="another", limit=9)
    assert {one.receipt.organization_id for one in claimed} == {ledger.ids[AWAY]}


async def state_of(store: Store, receipt: Receipt, state: ReceiptState) -> None:
    """Return once the receipt is in a state."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while True:
            with contextlib.suppress(Unavailable):
                found = await store.find_settlement(receipt.organization_id, receipt.receipt_id)
                if found is not None and found.state is state:
                    return
            await asyncio.sleep(0.01)
