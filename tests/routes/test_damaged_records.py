"""A record that cannot be read costs the others nothing, and is said to be damaged where it is asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import asyncpg
import pytest

from tests.support import opsgenie
from tests.support.server import Server

NO_RECORD = '{"organization_id":"x","deployment_id":7}'


async def harm(database: Path | str, statement: str) -> None:
    """Do what no program of ours would do."""
    if isinstance(database, Path):
        with closing(sqlite3.connect(database)) as connection, connection:
            assert connection.execute(statement).rowcount == 1
        return
    connection = await asyncpg.connect(database)
    try:
        assert await connection.execute(statement) == "UPDATE 1"
    finally:
        await connection.close()


@pytest.fixture
async def key(server: Server) -> str:
    return await server.issue()


@pytest.mark.both_stores
async def test_a_damaged_deployment_is_said_to_be_damaged_and_all_others_are_shown(
    server: Server, server_database: Path | str, key: str
) -> None:
    async with server.client(key) as client:
        sound, damaged = [await opsgenie.created(client, externalId=f"build-{n}", message=f"Release {n}") for n in range(2)]
        await harm(server_database, f"UPDATE deployment SET document = '{NO_RECORD}' WHERE deployment_id = '{damaged}'")  # noqa: S608

        answer = await client.get(f"/v2/deployments/{damaged}")
        assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        told = answer.json()["message"]
        assert damaged in told
        assert "damaged" in told
        page = await client.get(f"/deployments/{damaged}")
        assert page.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert damaged in page.text
        shown = await client.get("/deployments")
        assert shown.status_code == HTTPStatus.OK
        assert "Release 0" in shown.text
        assert "is damaged and cannot be read" in shown.text
        assert (await opsgenie.get(client, sound))["message"] == "Release 0"


async def test_a_report_about_a_damaged_deployment_is_set_aside_and_others_are_settled(
    server: Server, server_database: Path | str, key: str
) -> None:
    async with server.client(key) as client:
        damaged = await opsgenie.created(client, externalId="build-1")
        await harm(server_database, f"UPDATE deployment SET document = '{NO_RECORD}' WHERE deployment_id = '{damaged}'")  # noqa: S608

        update = {"state": "successful", "completedAt": "2026-03-04T09:44:00Z"}
        answer = await client.patch(f"/v2/deployments/{damaged}/updateState", json=update)
        assert answer.status_code == HTTPStatus.ACCEPTED
        await opsgenie.created(client, externalId="build-2")

    await server.count_deployments()
    assert (await server.app.store.get_backlog()).quarantined == 1


async def test_a_damaged_receipt_is_said_to_be_damaged_and_all_others_are_shown(
    server: Server, server_database: Path | str, key: str
) -> None:
    async with server.client(key) as client:
        sound, damaged = [await opsgenie.accepted(client, externalId=f"build-{number}") for number in range(2)]
        await server.count_deployments()
        await harm(server_database, f"""UPDATE receipt SET parameters = '["x"]' WHERE receipt_id = '{damaged}'""")  # noqa: S608

        shown = await client.get("/requests")
        assert shown.status_code == HTTPStatus.OK
        assert sound in shown.text
        assert f"The stored receipt {damaged}" in shown.text
        page = await client.get(f"/requests/{damaged}")
        assert page.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert damaged in page.text


@pytest.mark.both_stores
async def test_a_damaged_receipt_that_waits_is_set_aside_and_others_are_settled(
    server: Server, server_database: Path | str, key: str
) -> None:
    async with server.client(key) as client:
        damaged = await opsgenie.accepted(client, externalId="build-1")
        await server.count_deployments()
        await harm(
            server_database,
            f"""UPDATE receipt SET parameters = '["x"]', state = 'pending', settled_us = NULL, claimed_by = NULL
                WHERE receipt_id = '{damaged}'""",  # noqa: S608
        )
        server.app.worker.look_in_store()
        await server.count_deployments()
        await opsgenie.created(client, externalId="build-2")
    assert (await server.app.store.get_backlog()).quarantined == 1
