"""What becomes of calls when PostgreSQL fails, is away, is slow or is full, and how they recover."""

import asyncio

import asyncpg
import pytest

from shipledger.errors import Conflict, InDoubt, Invalid, Unavailable
from shipledger.store.open import open_store
from shipledger.store.postgres.options import Options
from tests.support.cutting_proxy import cutting_proxy
from tests.support.factories import (
    ACME,
    decide_receipt,
    make_batch,
    make_organization,
    make_receipt,
    make_record,
)
from tests.support.postgres import USER, PostgresServer, new_ledger_database, shared_server

QUICK = Options(pool_size=2, statement_seconds=0.3, connect_seconds=0.3)


@pytest.fixture
async def url():
    async with new_ledger_database() as address:
        yield address


@pytest.fixture
async def other(url):
    """A connection of somebody else."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def opened(url, options=None):
    store = await open_store(url, options)
    if await store.find_organization(ACME) is None:
        await store.save_organization(make_organization(ACME))
    return store


@pytest.fixture
async def store(url):
    ready = await opened(url, QUICK)
    yield ready
    await ready.close()


def append(store, *numbers):
    return store.append_receipts([make_receipt(number) for number in numbers], claimed_by="a")


async def count_pending(store):
    return (await store.get_backlog()).pending


async def test_a_restart_of_the_server_is_survived_without_hands():
    server = PostgresServer()  # a crash that loses what was committed would be a fault of these settings, not of the store
    server.start()
    try:
        await server.execute("CREATE DATABASE ledger")
        store = await opened(server.url("ledger"), Options(connect_seconds=5))
        await append(store, 1)
        server.stop("immediate")
        for call in (append(store, 2), store.get_backlog(), store.ping()):
            with pytest.raises(Unavailable):
                await call
        server.start()
        assert await count_pending(store) == 1
        await append(store, 2)
        await store.ping()
        assert await count_pending(store) == 2
        await store.close()
    finally:
        server.close()


async def test_connections_that_an_administrator_ends_are_replaced(store, other):
    await asyncio.gather(*(store.list_organizations() for _ in range(10)))
    await other.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'shipledger'")
    await asyncio.sleep(0.2)  # what a server that is gone has sent is still on its way
    await append(store, 1)
    assert await count_pending(store) == 1


async def test_a_statement_that_takes_too_long_is_given_up_and_changes_nothing(store, other):
    transaction = other.transaction()
    await transaction.start()
    await other.execute("LOCK TABLE receipt")
    with pytest.raises(Unavailable, match="database_statement_timeout_seconds"):
        await append(store, 1)
    await transaction.rollback()
    assert await count_pending(store) == 0
    await append(store, 1)
    assert await count_pending(store) == 1


async def test_a_call_does_not_wait_for_ever_for_a_connection(url, other):
    store = await opened(url, Options(pool_size=2, statement_seconds=5, connect_seconds=0.2))
    transaction = other.transaction()
    await transaction.start()
    await other.execute("LOCK TABLE receipt")
    held = [asyncio.create_task(append(store, number)) for number in (1, 2)]
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable, match="no database connection became free"):
        await store.list_organizations()
    await transaction.rollback()
    await asyncio.gather(*held)
    assert await count_pending(store) == 2
    await store.close()


async def test_long_questions_leave_connections_to_short_ones(url, other):
    store = await opened(url, Options(pool_size=3, statement_seconds=5, connect_seconds=2))
    transaction = other.transaction()
    await transaction.start()
    await other.execute("LOCK TABLE deployment")
    long = [asyncio.create_task(store.count_deployments(ACME)) for _ in range(6)]
    await asyncio.sleep(0.05)
    await append(store, 1)
    assert await store.list_organizations()
    assert not any(task.done() for task in long)
    await transaction.rollback()
    assert await asyncio.gather(*long) == [0] * 6
    await store.close()


@pytest.mark.parametrize(
    "state, reason",
    [
        ("53100", "free some space"),
        ("53200", "out of memory"),
        ("57P03", "starting"),
        ("40P01", "retry"),
        ("25006", "standby"),
        ("XX001", "backup"),
    ],
)
async def test_what_the_server_suffers_is_told_and_nothing_is_kept(store, other, state, reason):
    await other.execute(
        "CREATE FUNCTION suffer() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '{state}'; END $$"
    )
    await other.execute("CREATE TRIGGER suffer BEFORE INSERT ON verdict FOR EACH ROW EXECUTE FUNCTION suffer()")
    receipt = make_receipt(1)
    await store.append_receipts([receipt], claimed_by="a")
    batch = make_batch(decide_receipt(receipt, make_record(1)))
    with pytest.raises(Unavailable, match=reason):
        await store.settle(batch)
    assert await count_pending(store) == 1
    await other.execute("DROP TRIGGER suffer ON verdict")
    await store.settle(batch)
    assert await count_pending(store) == 0


async def test_too_many_connections_are_told_and_get_better(url, other):
    await other.execute("CREATE ROLE narrow LOGIN")
    await other.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO narrow")
    store = await opened(url.replace(f"//{USER}@", "//narrow@"), Options(pool_size=5, connect_seconds=2))
    await other.execute("ALTER ROLE narrow CONNECTION LIMIT 1")
    try:
        outcomes = await asyncio.gather(*(append(store, number) for number in range(5)), return_exceptions=True)
        refused = [outcome for outcome in outcomes if outcome is not None]
        assert refused
        assert all(isinstance(outcome, Unavailable) and "max_connections" in outcome.message for outcome in refused)
        assert await count_pending(store) == 5 - len(refused)
    finally:
        await store.close()
        await other.execute("DROP OWNED BY narrow")
        await other.execute("DROP ROLE narrow")


@pytest.mark.parametrize("is_committed", [True, False])
async def test_receipts_whose_commit_was_cut_are_there_once(url, is_committed):
    async with cutting_proxy(shared_server().port) as proxy:
        store = await opened(url.replace(f":{shared_server().port}/", f":{proxy.port}/"))
        if is_committed:
            proxy.cut_after_commit()
        else:
            proxy.cut_before_commit()
        with pytest.raises(InDoubt):
            await append(store, 1, 2, 3)
        assert proxy.cuts == 1
        assert await count_pending(store) == (3 if is_committed else 0)
        await store.append_missing_receipts([make_receipt(number) for number in (1, 2, 3)], claimed_by="a")
        assert await count_pending(store) == 3
        assert len(await store.claim_receipts(node_id="b", limit=9)) == 0
        with pytest.raises(Conflict):
            await append(store, 3, 4)
        await store.close()


@pytest.mark.parametrize("is_committed", [True, False])
async def test_a_settlement_whose_commit_was_cut_can_be_tried_again(url, is_committed):
    async with cutting_proxy(shared_server().port) as proxy:
        store = await opened(url.replace(f":{shared_server().port}/", f":{proxy.port}/"))
        receipt = make_receipt(1)
        await store.append_receipts([receipt], claimed_by="a")
        batch = make_batch(decide_receipt(receipt, make_record(1)))
        if is_committed:
            proxy.cut_after_commit()
        else:
            proxy.cut_before_commit()
        with pytest.raises(InDoubt):
            await store.settle(batch)
        if is_committed:
            with pytest.raises(Conflict) as refused:
                await store.settle(batch)
            assert refused.value.code == "receipt_not_pending"
        else:
            await store.settle(batch)
        assert await store.count_entries() == 1
        assert await store.count_deployments(ACME) == 1
        assert await store.find_damage() == []
        await store.close()


@pytest.mark.parametrize(
    "address, error",
    [
        ("postgresql://u:hunter2@127.0.0.1:1/ledger", Unavailable),
        ("postgresql://u:hunter2@127.0.0.1:1/ledger?sslmode=perhaps", Invalid),
        ("postgresql://u:hunter2@127.0.0.1:nowhere/ledger", Invalid),
        ("postgresql://u:hunter2@[/ledger", Invalid),
    ],
)
async def test_a_refusal_tells_no_password(address, error):
    with pytest.raises(error) as refused:
        await open_store(address, QUICK)
    assert "hunter2" not in refused.value.message


async def test_a_database_that_is_not_there_is_told():
    with pytest.raises(Unavailable, match="create it"):
        await open_store(shared_server().url("nothing"), QUICK)
