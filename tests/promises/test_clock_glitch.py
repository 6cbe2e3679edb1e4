"""A clock that is far ahead or behind for a moment poisons nothing: not the order, not what expires, not what is shown."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shipledger.access.access_token import TOKEN_SECONDS, AccessTokens
from shipledger.deployments.listing import DeploymentFilter
from shipledger.duties.retention import EVEN, Retention
from shipledger.ledger.identity import moment_of
from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support.commands import Commands
from tests.support.glitch import SettableClock, hear
from tests.support.iftrue import TARGET, client_of, issue_token, report
from tests.support.jira_clients import SITE, fetch_token, install_app, issue_client, sign
from tests.support.opsgenie import created, get, settled
from tests.support.postgres import new_ledger_database
from tests.support.server import Server, serving
from tests.support.stores import opened

TOKEN_KEY = "a-key-for-a-database-without-a-folder"
GLITCH = timedelta(days=800)
CLOSE = timedelta(seconds=30)
NONE = timedelta()
AGREED_SECONDS = 5.0


ON_POSTGRES = pytest.mark.parametrize("clock", ["postgres"], indirect=True)
"""What does not depend on whose clock it is. This one is asked for over a connection, and a jump is seen later."""


@pytest.fixture(params=["sqlite", "postgres"])
async def clock(request: pytest.FixtureRequest, database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SettableClock]:
    """The clock behind a database of each kind."""
    if request.param == "sqlite":
        yield SettableClock(f"sqlite:///{database}", monkeypatch)
    else:
        async with new_ledger_database() as url:
            settable = SettableClock(url, monkeypatch)
            await settable.prepare()
            yield settable


def served(clock: SettableClock, **settings: Any) -> Any:
    """A server over the database behind a clock."""
    return serving(clock.database_url, token_key=TOKEN_KEY, **settings)


async def amend(client: Any, message: str) -> str:
    """The id of an update that was applied."""
    answer = await client.patch("/v2/deployments/one/update?type=api", json={"message": message})
    assert (await settled(client, answer.json()["requestId"]))["isSuccess"]
    return str(answer.json()["requestId"])


async def accepted_ago(server: Server, receipt_id: str, clock: SettableClock) -> timedelta:
    """How long ago a receipt was accepted, by what it says and the right time."""
    kept = await server.app.store.find_receipt(await server.organization_id(), receipt_id)
    assert kept is not None
    assert kept.settlement.settled_at is not None
    assert abs(kept.settlement.settled_at - kept.receipt.accepted_at) < CLOSE
    return datetime.now(UTC) + clock.ahead - kept.receipt.accepted_at


@pytest.mark.parametrize("glitch", [GLITCH, -GLITCH], ids=["ahead", "behind"])
async def test_after_a_glitch_times_are_right_at_once_and_what_came_later_counts_as_later(
    clock: SettableClock, glitch: timedelta
) -> None:
    ids = []
    async with served(clock) as server:
        key = await server.issue()
        async with server.client(key) as client:
            await created(client, externalId="one", message="before")
            await clock.set(glitch, server)
            ids.append(await amend(client, "amid"))
            assert abs(moment_of(ids[-1]) - datetime.now(UTC)) < CLOSE  # the order takes no part in it
            await clock.set(NONE, server)
            ids.append(await amend(client, "after"))
            assert await accepted_ago(server, ids[-1], clock) < CLOSE
            assert (await get(client, "one", type="api"))["message"] == "after"
            ready = await client.get("/readyz")
            assert ready.status_code == 200
            assert "800 days" in ready.json()["checks"]["clock"]
    async with served(clock) as server, server.client(key) as client:
        ids.append(await amend(client, "after a restart"))
        assert await accepted_ago(server, ids[-1], clock) < CLOSE
        assert (await get(client, "one", type="api"))["message"] == "after a restart"
        assert ids == sorted(ids)


@ON_POSTGRES
async def test_a_ledger_that_was_started_amid_a_glitch_tells_the_right_time_after_it(clock: SettableClock) -> None:
    async with served(clock) as server:
        key = await server.issue()
        async with server.client(key) as client:
            ids = [await created(client, externalId="one", message="before")]
    await clock.set(GLITCH)
    async with served(clock) as server, server.client(key) as client:
        ids.append(await amend(client, "amid"))
    await clock.set(NONE)
    async with served(clock) as server, server.client(key) as client:
        ids.append(await amend(client, "after"))
        assert await accepted_ago(server, ids[-1], clock) < CLOSE
        assert (await get(client, "one", type="api"))["message"] == "after"
        assert ids == sorted(ids)
        assert abs(moment_of(ids[-1]) - datetime.now(UTC)) < CLOSE


async def test_a_ledger_that_began_amid_a_glitch_keeps_its_order_and_shows_the_right_times(clock: SettableClock) -> None:
    await clock.set(GLITCH)
    async with served(clock) as server:
        key = await server.issue()
        async with server.client(key) as client:
            await created(client, externalId="one", message="amid")
            ids = [await amend(client, "amid")]
            await clock.set(NONE, server)
            ids.append(await amend(client, "after"))
            assert await accepted_ago(server, ids[-1], clock) < CLOSE
            untimed = {"state": "successful", "completedAt": "0001-01-01T00:00:00Z"}  # as a Go client sends no time
            finished = await client.patch("/v2/deployments/one/updateState?type=api", json=untimed)
            assert (await settled(client, finished.json()["requestId"]))["isSuccess"]
            (deployment,) = await server.app.store.list_deployments(await server.organization_id(), DeploymentFilter())
            assert deployment.ended_at is not None
            assert datetime.now(UTC) - deployment.ended_at < CLOSE
    async with served(clock) as server, server.client(key) as client:
        ids.append(await amend(client, "after a restart"))
        assert await accepted_ago(server, ids[-1], clock) < CLOSE
        assert (await get(client, "one", type="api"))["message"] == "after a restart"
        assert ids == sorted(ids)
    doctor = Commands(clock.database_url, token_key=TOKEN_KEY)
    # A PostgreSQL of tests is made to be quick, and the doctor notices.
    code = 0 if clock.database_url.startswith("sqlite:") else 1
    examined = await asyncio.to_thread(doctor, "doctor", "--json", code=code)
    order = next(finding for finding in examined.json["findings"] if finding["subject"] == "order")
    assert (order["level"], "800 days ahead" in order["sentence"]) == ("warning", True)


@ON_POSTGRES
async def test_what_expires_goes_by_the_clock_as_it_is_now(clock: SettableClock) -> None:
    async with served(clock) as server:
        credential, secret = await issue_client(server)
        await install_app(server)
        before = await fetch_token(server, credential, secret)
        await clock.set(GLITCH, server)
        amid = await fetch_token(server, credential, secret)
        await clock.set(NONE, server)
        after = await fetch_token(server, credential, secret)
        tokens = AccessTokens(server.app.store, server.app.clock)
        assert await tokens.authenticate(amid) is None
        assert await tokens.authenticate(after) is not None
        bulk = f"{SITE}/bulk"
        async with server.client() as client:
            fresh = await client.post(bulk, json={"deployments": []}, headers={"Authorization": sign("POST", bulk)})
            assert fresh.status_code != 401
            await clock.set(timedelta(seconds=TOKEN_SECONDS + 90), server)
            assert await tokens.authenticate(before) is None
            assert await tokens.authenticate(after) is None
            stale = await client.post(bulk, json={"deployments": []}, headers={"Authorization": sign("POST", bulk)})
            assert stale.status_code == 401


@ON_POSTGRES
async def test_what_a_report_leaves_out_is_told_from_the_right_time(clock: SettableClock) -> None:
    async with served(clock) as server:
        _, token = await issue_token(server)
        async with client_of(server, token) as client:
            await clock.set(GLITCH, server)
            await client.post(TARGET, json=report(status="success", commit_id="a" * 40))
            await clock.set(NONE, server)
            for _ in range(2):
                answer = await client.post(TARGET, json=report(status="success"))
                assert answer.is_success, answer.text
        assert await server.count_deployments() == 2
        amid, after = await server.app.store.list_deployments(await server.organization_id(), DeploymentFilter())
        for deployment, ahead in ((amid, GLITCH), (after, NONE)):
            assert deployment.started_at is not None
            assert abs(datetime.now(UTC) + ahead - deployment.started_at) < CLOSE


@ON_POSTGRES
async def test_an_update_waits_its_time_for_the_create_however_the_clock_is_set(clock: SettableClock) -> None:
    async with served(clock, update_wait_seconds=3) as server, server.client(await server.issue()) as client:
        for name, glitch in (("ahead", GLITCH), ("behind", -timedelta(hours=1))):
            update = await client.patch(f"/v2/deployments/{name}/update?type=api", json={"message": "changed"})
            await clock.set(glitch, server)
            await created(client, externalId=name)
            assert (await settled(client, update.json()["requestId"]))["isSuccess"]
        # And no longer than that: an hour must not be waited for until the clock is there again.
        update = await client.patch("/v2/deployments/none/update?type=api", json={"message": "changed"})
        assert not (await settled(client, update.json()["requestId"]))["isSuccess"]


@ON_POSTGRES
async def test_no_receipt_is_emptied_while_a_jump_is_suspected(clock: SettableClock) -> None:
    keep = timedelta(days=400)
    async with served(clock) as server:
        async with server.client(await server.issue()) as client:
            await created(client, externalId="one")
        emptied: list[int] = []
        retention = Retention(server.app.store, server.app.clock, keep, emptied.append)
        server.app.clock.even_since = datetime.now(UTC) - EVEN
        await retention.run()  # nothing is old
        await clock.set(GLITCH, server)
        await retention.run()  # before a heartbeat tells of the jump: by the order, nothing is old
        assert emptied == []
    async with served(clock) as server:  # now both clocks say that the receipt is old
        server.app.clock.advance_to(datetime.now(UTC) + GLITCH)
        retention = Retention(server.app.store, server.app.clock, keep, emptied.append)
        while server.app.clock.even_since is None:  # noqa: ASYNC110  nothing tells of a heartbeat
            await asyncio.sleep(0.01)
        await retention.run()
        assert emptied == []
        (receipt,) = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
        assert receipt.receipt.body
        server.app.clock.even_since = server.app.clock.now() - EVEN  # once the jump has lasted, it is believed
        await retention.run()
        assert emptied == [1]


async def test_nodes_that_hear_of_a_glitch_at_different_moments_keep_one_order(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with new_ledger_database() as url:
        clock = SettableClock(url, monkeypatch)
        await clock.prepare()
        async with served(clock) as first, served(clock) as second:
            key = await first.issue()
            ids: list[str] = []

            async def send(node: Server, message: str) -> None:
                """Once the node is as far in the order as what was sent before, which is a matter of a round trip."""
                async with asyncio.timeout(AGREED_SECONDS):
                    while ids and node.app.clock.order_now() <= moment_of(ids[-1]):  # noqa: ASYNC110
                        await asyncio.sleep(0.005)
                async with node.client(key) as client:
                    ids.append(await amend(client, message))

            async with first.client(key) as client:
                await created(client, externalId="one", message="before")
            await clock.set(GLITCH, first)  # the second has not heard of it
            await send(first, "amid")
            await send(second, "amid, by the other")
            await hear([second])
            await send(first, "amid, by both")
            async with served(clock) as third:  # it starts amid the glitch
                await send(third, "by a third")
                await send(second, "after the third")
                await clock.set(NONE, second)
                for node, message in ((first, "corrected"), (third, "for all"), (second, "at last")):
                    await send(node, message)
                async with third.client(key) as client:
                    assert (await get(client, "one", type="api"))["message"] == "at last"
            assert ids == sorted(ids)
            assert await accepted_ago(second, ids[-1], clock) < CLOSE


async def test_a_lease_and_a_sign_of_life_from_a_glitch_hold_nobody_up(clock: SettableClock, database: Path) -> None:
    async with opened(clock.database_url) as store:
        await clock.set(GLITCH)
        await store.register_node("dead")
        assert await store.beat("dead", duties=["a duty"], lease_seconds=10) == {"a duty"}
        await clock.set(NONE)
        if clock.database_url.startswith("sqlite:"):  # SQLite asks the machine itself
            with sqlite3.connect(database) as connection:
                ahead = GLITCH // timedelta(microseconds=1)
                connection.execute("UPDATE lease SET until_us = until_us + ?", [ahead])
                connection.execute("UPDATE node SET seen_us = seen_us + ?", [ahead])
            connection.close()
        await store.begin_rebuild(silent_seconds=10)  # refused while a node lives
        await store.end_rebuild()
        await store.register_node("heir")
        assert await store.beat("heir", duties=["a duty"], lease_seconds=10) == {"a duty"}
