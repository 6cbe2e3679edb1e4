"""What is durable is answered 202 when its verdict is not there in time, and what is not durable 503."""

from __future__ import annotations

import asyncio

from shipledger.errors import Unavailable
from shipledger.protocols.native import recording
from tests.support.native import TARGET, deployment


async def find_settled(native, location):
    async with asyncio.timeout(15):
        while (told := (await native.get(location)).json())["state"] == "pending":  # noqa: ASYNC110  a client has no signal
            await asyncio.sleep(0.02)
    return told


async def test_a_report_that_is_not_settled_in_time_is_202_and_its_verdict_is_found_later(native, server, monkeypatch):
    opened = asyncio.Event()
    settle = server.app.worker._settle

    async def settle_later(tasks):
        await opened.wait()
        await settle(tasks)

    monkeypatch.setattr(server.app.worker, "_settle", settle_later)
    monkeypatch.setattr(recording, "SETTLEMENT_SECONDS", 0.05)
    slow = await native.post(TARGET, json=deployment())
    assert (slow.status_code, slow.json()["state"], slow.json()["verdicts"]) == (202, "pending", [])
    assert slow.headers["Location"] == f"/ledger/v1/requests/{slow.json()['request_id']}"
    opened.set()
    (verdict,) = (await find_settled(native, slow.headers["Location"]))["verdicts"]
    assert (await native.get(f"{TARGET}/{verdict['deployment_id']}")).json()["state"] == "successful"


async def test_without_a_database_nothing_is_recorded_and_the_answer_says_so(native, server, monkeypatch):
    async def fail(*_args, **_named):
        raise Unavailable("database", "The database cannot be reached.")

    monkeypatch.setattr(server.app.store, "append_receipts", fail)
    refused = await native.post(TARGET, json=deployment())
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    monkeypatch.undo()
    assert await server.count_deployments() == 0
