"""A database that is replaced under a running server: nothing is written into what is there now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from tests.support import opsgenie
from tests.support.postgres import new_ledger_database
from tests.support.server import files_of, serving

REPLACEMENTS = {
    "another ledger": "UPDATE installation SET ledger_id = repeat('0', 32)",
    "emptied": "DELETE FROM installation",
    "no tables": "ALTER TABLE installation RENAME TO gone",
}
BACK = {
    "another ledger": "UPDATE installation SET ledger_id = '{ledger_id}'",
    "emptied": "INSERT INTO installation (id, ledger_id) VALUES (1, '{ledger_id}')",
    "no tables": "ALTER TABLE gone RENAME TO installation",
}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with new_ledger_database() as made:
        yield made


async def until(client: httpx2.AsyncClient, status: HTTPStatus) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            answer = await client.get("/readyz")
            if answer.status_code == status:
                return dict(answer.json()["checks"])
            await asyncio.sleep(0.05)


async def execute(url: str, statement: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("kind", REPLACEMENTS)
async def test_a_node_answers_503_until_its_ledger_is_back(url: str, tmp_path: Path, kind: str) -> None:
    async with serving(url, **files_of(url, tmp_path)) as server, server.client(await server.issue()) as client:
        await opsgenie.created(client)
        ((ledger_id,),) = await execute(url, "SELECT ledger_id FROM installation")
        await execute(url, REPLACEMENTS[kind])

        told = (await until(client, HTTPStatus.SERVICE_UNAVAILABLE))["store"]
        assert "replaced" in told
        answer = await client.post("/v2/deployments", json=opsgenie.create_body(externalId="lost"))
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert await execute(url, "SELECT count(*) FROM receipt") == [(1,)]

        await execute(url, BACK[kind].format(ledger_id=ledger_id))
        await until(client, HTTPStatus.OK)
        await opsgenie.created(client, externalId="back")


async def test_a_node_that_connects_anew_writes_nothing_into_another_ledger(url: str, tmp_path: Path) -> None:
    async with serving(url, **files_of(url, tmp_path)) as server, server.client(await server.issue()) as client:
        await opsgenie.created(client)
        await replace_at_once(url)

        answers = await asyncio.gather(
            *(client.post("/v2/deployments", json=opsgenie.create_body(externalId=f"lost-{number}")) for number in range(5))
        )

        assert {answer.status_code for answer in answers} == {HTTPStatus.SERVICE_UNAVAILABLE}
        assert await execute(url, "SELECT count(*) FROM receipt") == [(1,)]


async def replace_at_once(url: str) -> None:
    """Another ledger is there, and all connections are ended, as after a restore under the same name."""
    await execute(url, REPLACEMENTS["another ledger"])
    await execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
