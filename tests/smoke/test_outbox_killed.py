"""A server that is killed between a call and its record calls again, with the same id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from tests.support.fickle_target import FickleTarget, Got, fickle_target
from tests.support.native import deployment
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

pytestmark = pytest.mark.smoke

WITHIN_SECONDS = 90.0


@pytest.fixture
async def target() -> AsyncIterator[FickleTarget]:
    async with fickle_target() as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    running = RunningServer(tmp_path, environment={"SHIPLEDGER_OUTGOING_NETWORKS": "127.0.0.0/8, ::1"})
    await asyncio.to_thread(running.start)
    yield running
    running.close()


async def hear(target: FickleTarget) -> Got:
    await asyncio.wait_for(target.arrived.acquire(), WITHIN_SECONDS)
    return target.got[-1]


async def run(server: RunningServer, *words: str) -> Any:
    return (await asyncio.to_thread(server.run_here, "outbox", *words, "--json")).json


async def test_what_was_sent_and_not_recorded_is_sent_again_with_the_same_id(server: RunningServer, target: FickleTarget) -> None:
    added = await run(server, "target", "add", target.url, "--topic", "gate.asked")
    token = (await asyncio.to_thread(server.create_credential, "native"))["token"]
    target.hold.clear()
    async with httpx2.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, verify=no_certificates()
    ) as client:
        asked = deployment(state=None, started_at=None, finished_at=None)
        assert (await client.post("/ledger/v1/gates", json=asked)).is_success
    first = await hear(target)
    await asyncio.to_thread(server.kill)
    target.hold.set()
    await asyncio.to_thread(server.start)
    again = await hear(target)
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.raw == first.raw
    assert Webhook(added["secret"]).verify(again.raw, again.headers)["type"] == "gate.asked"
    assert await asyncio.to_thread(server.terminate) == 0
    (message,) = (await run(server, "list"))["messages"]
    assert message["attempts"] <= 1
    assert len(target.got) == 2
