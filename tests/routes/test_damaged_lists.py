"""A row that cannot be read costs no list its other rows, and whoever reads the list hears which row it is."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import asyncpg
import pytest

from shipledger.catalog.contract import ServiceName
from shipledger.catalog.issue import Issue
from shipledger.ledger.state import State
from tests.support import datadog
from tests.support.pen import new_pen
from tests.support.services import add_service_name

HEADER = "Shipledger-Damaged-Records"
NO_UTF8 = "CAST(x'7b22f5ff227d' AS TEXT)"


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
async def pen(server):
    return await new_pen(server.app.store, now=server.app.clock.now())


async def test_a_damaged_service_leaves_the_others_in_every_list(server, server_database, commands, pen):
    now = server.app.clock.now()
    damaged = await pen.create_service("Damaged", at=now)
    await pen.create_service("Sound", "bitbucket.org/acme/sound", at=now + timedelta(seconds=1))
    await pen.record(at=now, services=("Sound",))
    await harm(server_database, f"""UPDATE service SET tags = '{{"a":1}}' WHERE service_id = '{damaged.service_id}'""")  # noqa: S608
    async with server.client(await server.issue()) as client:
        for path in ("/services", "/deployments"):
            page = await client.get(path)
            assert page.status_code == HTTPStatus.OK
            assert "Sound" in page.text
            assert f"The stored service {damaged.service_id} is damaged" in page.text
        answer = await client.get("/v1/services")
        assert [one["name"] for one in answer.json()["data"]] == ["Sound"]
        assert answer.headers[HEADER] == f"service {damaged.service_id}"
        assert HEADER not in (await client.get("/v1/services?offset=1&limit=1")).headers
    for command in (["service", "list"], ["service", "list", "--json"], ["service", "mappings"]):
        done = await asyncio.to_thread(commands, *command, code=1)
        assert "sound" in done.out
        assert damaged.service_id in done.err


async def test_a_damaged_deployment_is_named_on_every_page_that_leaves_it_out(server, server_database, pen):
    now = server.app.clock.now()
    deployments = [
        (await pen.record(at=now + timedelta(seconds=number), title=f"Release {number}", issue_keys=("SHIP-1",)))[1]
        for number in range(2)
    ]
    damaged = deployments[0].deployment_id
    await harm(server_database, f"UPDATE deployment SET document = '{{}}' WHERE deployment_id = '{damaged}'")  # noqa: S608
    async with server.client(await server.issue()) as client:
        for path in ("/", "/deployments", "/issues", "/issues/SHIP-1", "/projects/SHIP", "/requests"):
            page = await client.get(path)
            assert page.status_code == HTTPStatus.OK, path
            assert "The stored deployment" in page.text, path
            assert "is damaged" in page.text, path
        assert "Release 1" in (await client.get("/issues/SHIP-1")).text


async def test_a_damaged_incident_is_named_on_the_page_and_in_the_answer(server, server_database):
    keys = await datadog.issue_keys(server)
    async with datadog.client_of(server, keys) as client:
        for name in ("Sound", "Damaged"):
            body = datadog.failure_body(name=name, services=[name])
            assert (await client.post(f"{datadog.DORA}/failure", json=body)).status_code == HTTPStatus.OK
        await harm(server_database, "UPDATE incident SET document = '{}' WHERE document LIKE '%Damaged%'")
        page = await client.get("/incidents")
        assert "Sound" in page.text
        assert "The stored incident" in page.text
        answer = await client.post(f"{datadog.DORA}/failures", json=datadog.failures_body())
        assert len(answer.json()["data"]) == 1
        assert answer.headers[HEADER].startswith("incident ")


async def test_a_damaged_gate_leaves_the_others_in_the_list(server, server_database, commands, pen):
    now = server.app.clock.now()
    for number in range(2):
        await pen.record(at=now + timedelta(seconds=number), state=State.PENDING, asks_for_gate=True, title=f"Release {number}")
    await harm(server_database, "UPDATE gate SET document = '[]' WHERE number = 1")
    done = await asyncio.to_thread(commands, "gate", "list", code=1)
    assert "GATE-2" in done.out
    assert "The stored gate" in done.err
    assert "gate" in (await asyncio.to_thread(commands, "doctor", code=1)).out


async def test_damaged_rules_of_tiers_are_named(server, server_database, commands):
    await server.organization_id()
    await asyncio.to_thread(commands, "environment", "rules", "add", "x*", "testing")
    await harm(server_database, """UPDATE tier_policy SET document = '{"rules":7}'""")
    for command in (["environment", "rules", "list"], ["verify"], ["doctor"]):
        done = await asyncio.to_thread(commands, *command, code=1)
        assert "tier_policy" in done.out + done.err


@pytest.mark.parametrize(
    "table, column, place, command, path",
    [
        ("service_name", "name", "name = 'bad'", ["service", "list"], None),
        ("service_repository", "repository", "repository LIKE '%bad'", ["service", "mappings"], "/services"),
        ("issue", "summary", "issue_key = 'SHIP-2'", ["issues", "list"], "/issues/SHIP-2"),
        ("deployment_release", "repository", "repository LIKE '%odd'", None, "/repositories"),
    ],
)
async def test_texts_that_are_no_utf8_leave_the_others_in_every_list(
    database, server, commands, table, column, place, command, path
):
    """SQLite alone keeps such bytes."""
    store, now = server.app.store, server.app.clock.now()
    pen = await new_pen(store, now=now)
    service = await pen.create_service("Sound", "bitbucket.org/acme/sound", "bitbucket.org/acme/bad", at=now)
    await add_service_name(store, pen.organization_id, ServiceName(service_id=service.service_id, name="bad"))
    await add_service_name(store, pen.organization_id, ServiceName(service_id=service.service_id, name="good"))
    issues = [Issue(key=f"SHIP-{number}", issue_id="", summary="Ship", kind="Task", status="Open") for number in (1, 2)]
    await store.save_issues(pen.organization_id, issues, seen_at=now)
    await pen.record(at=now, releases=(("bitbucket.org/acme/odd", "0c9135c"),))
    await harm(database, f"UPDATE {table} SET {column} = {NO_UTF8} WHERE {place}")  # noqa: S608
    if command is not None:
        done = await asyncio.to_thread(commands, *command, code=1)
        assert done.out.count("\n") > 1
        assert "is damaged" in done.err
    if path is not None:
        async with server.client(await server.issue()) as client:
            page = await client.get(path)
            assert page.status_code == HTTPStatus.OK
            assert "is damaged" in page.text
