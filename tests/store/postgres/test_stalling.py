"""A node that hangs, or that hears nothing of its own commit, keeps nobody from going on."""

import asyncio
import contextlib

import pytest

from shipledger.errors import Unavailable
from shipledger.ingestion import side_lanes
from shipledger.store.open import open_store
from shipledger.store.postgres import connection as connection_module
from shipledger.store.postgres.options import Options
from tests.ingestion.test_intake import Settler, make_intake
from tests.support.cutting_proxy import cutting_proxy
from tests.support.factories import ACME, make_organization, make_receipt
from tests.support.hanging_proxy import hanging_proxy
from tests.support.postgres import new_ledger_database, shared_server


@pytest.fixture
async def url():
    async with new_ledger_database() as address:
        yield address


@pytest.fixture
async def store(url):
    ready = await open_store(url)
    await ready.save_organization(make_organization(ACME))
    yield ready
    await ready.close()


async def test_receipts_whose_commit_stays_in_doubt_are_free_once_the_database_is_back(url, store, monkeypatch):
    monkeypatch.setattr(side_lanes, "PAUSES_SECONDS", (0.01,))
    async with cutting_proxy(shared_server().port) as proxy:
        node = await open_store(url.replace(f":{shared_server().port}/", f":{proxy.port}/"))
        intake = make_intake(node, Settler())
        intake.start()
        proxy.go_away_after_commit()
        with pytest.raises(Unavailable):
            await intake.accept(make_receipt(1), ())
        assert (await store.get_backlog()).pending == 1
        assert await store.claim_receipts(node_id="b", limit=9) == []
        proxy.is_away = False
        async with asyncio.timeout(10):
            while not (claimed := await store.claim_receipts(node_id="b", limit=9)):  # noqa: ASYNC110  the store has no signal
                await asyncio.sleep(0.01)
        assert [one.receipt for one in claimed] == [make_receipt(1)]
        await intake.stop()
        await node.close()


async def test_a_node_that_hangs_amid_a_transaction_lets_go_of_what_it_locked(url, store):
    await store.append_receipts([make_receipt(1)], claimed_by="a")
    node = await open_store(url, Options(stall_seconds=0.2))
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await _hang(node, until=store.release_receipts([make_receipt(1)], count_attempt=False))
    assert [one.attempts for one in await store.claim_receipts(node_id="b", limit=9)] == [0]
    await node.close()


async def test_what_a_node_locked_that_hangs_before_it_runs_a_prepared_statement_is_free_for_who_rescues(url):
    node, rescuer = await open_store(url), await open_store(url, Options(stall_seconds=0.2))
    await node.save_organization(make_organization(ACME))
    await node.append_receipts([make_receipt(1)], claimed_by="dead")
    released: list[int] = []

    async def rescue() -> None:
        await asyncio.sleep(0.3)
        released.append(await rescuer.release_silent_claims(silent_seconds=0))

    with pytest.raises(Unavailable):
        await _hang(node, until=rescue(), prepares=True)
    assert released == [1]
    assert [one.attempts for one in await rescuer.claim_receipts(node_id="b", limit=9)] == [0]
    await node.close()
    await rescuer.close()


async def test_a_node_says_that_it_lives_while_a_settlement_of_its_own_hangs(url, store):
    await store.register_node("a")
    node = await open_store(url)
    async with node._connected(ACME, in_transaction=True) as connection:
        await connection.fetchval(node._runner.statements["hold_node"].text, "a")
        async with asyncio.timeout(10):
            assert await store.beat("a", duties=["gates"], lease_seconds=10) == {"gates"}
    await node.close()


async def test_a_statement_that_hangs_is_given_up_here_and_its_connection_is_closed(url, monkeypatch):
    monkeypatch.setattr(connection_module, "GRACE_SECONDS", 0.2)
    async with hanging_proxy(shared_server().port) as proxy:
        options = Options(pool_size=2, statement_seconds=0.3, connect_seconds=2)
        node = await open_store(url.replace(f":{shared_server().port}/", f":{proxy.port}/"), options)
        proxy.hang("hanging")
        for _ in range(3):
            async with asyncio.timeout(5):
                with pytest.raises(Unavailable):
                    await node.find_settlement("hanging", "1")
                assert await node.find_settlement("another", "1") is None
                await node.ping()
        assert node.find_silent_organizations() == {"hanging"}
        proxy.go_on()
        async with asyncio.timeout(10):
            while node.find_silent_organizations():
                with contextlib.suppress(Unavailable):
                    await node.find_settlement("hanging", "1")
                await asyncio.sleep(0.05)
        await node.close()


async def _hang(node, *, until, prepares=False):
    async with node._connected(ACME, in_transaction=True) as connection:
        await connection.execute("UPDATE receipt SET attempts = 7")
        if prepares:
            await connection.prepare("SELECT 'never run'")
        await until
        await connection.execute("UPDATE receipt SET attempts = 8")
