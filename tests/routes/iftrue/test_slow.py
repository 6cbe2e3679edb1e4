"""A report that is not settled in time stays stored, and the repeat finds it."""

from __future__ import annotations

import asyncio

from shipledger.protocols.iftrue import routes
from tests.support.iftrue import TARGET, report


async def test_a_report_that_is_not_settled_in_time_is_accepted_and_the_repeat_gives_one_record(server, iftrue, monkeypatch):
    opened = asyncio.Event()
    settle = server.app.worker._settle

    async def settle_later(tasks):
        await opened.wait()
        await settle(tasks)

    monkeypatch.setattr(server.app.worker, "_settle", settle_later)
    monkeypatch.setattr(routes, "SETTLEMENT_SECONDS", 0.05)
    slow = await iftrue.post(TARGET, json=report())
    assert slow.status_code == 202
    assert slow.json()["statusCode"] == 202
    assert "send the same request again" in slow.json()["message"]
    assert await server.app.store.find_receipt(await server.organization_id(), slow.headers["X-Request-Id"])
    opened.set()
    monkeypatch.setattr(routes, "SETTLEMENT_SECONDS", 10.0)
    repeat = await iftrue.post(TARGET, json=report())
    assert repeat.status_code == 200
    assert (await iftrue.post(TARGET, json=report())).json()["id"] == repeat.json()["id"]
