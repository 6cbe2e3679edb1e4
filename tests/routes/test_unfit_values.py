"""A value that the database does not take, whatever the reason, is told to its sender and costs nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import asyncpg
import httpx2
import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.jira_clients import SITE
from tests.support.server import Server
from tests.support.tenants import Sent, Tenant, make_tenant

WORD = "unfit"
SQLITE = """
CREATE TRIGGER refuse_{table} BEFORE INSERT ON {table} WHEN lower(NEW.document) LIKE '%unfit%'
BEGIN UPDATE organization SET slug = ''; END
"""
POSTGRES = """
CREATE FUNCTION refuse_unfit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.document ILIKE '%unfit%' THEN UPDATE organization SET slug = ''; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_deployments BEFORE INSERT ON deployment FOR EACH ROW EXECUTE FUNCTION refuse_unfit();
CREATE TRIGGER refuse_incidents BEFORE INSERT ON incident FOR EACH ROW EXECUTE FUNCTION refuse_unfit();
"""
CLEAN_UP = "DROP FUNCTION refuse_unfit() CASCADE"
COULD_NOT_BE_STORED = "It was accepted but could not be stored (Unstorable); see the server's log."


@pytest.fixture
async def picky(server: Server, server_database: Path | str) -> AsyncIterator[Server]:
    """A server on a database with a rule against a word."""
    if isinstance(server_database, Path):
        with closing(sqlite3.connect(server_database)) as connection:
            for table in ("deployment", "incident"):
                connection.execute(SQLITE.format(table=table))
            connection.commit()
        yield server
        return
    connection = await asyncpg.connect(server_database)
    try:
        await connection.execute(POSTGRES)
        yield server
        await connection.execute(CLEAN_UP)
    finally:
        await connection.close()


@pytest.fixture
async def tenant(picky: Server) -> Tenant:
    return await make_tenant(picky, "default", app_key="com.example.app")


@pytest.fixture
async def client(picky: Server) -> AsyncIterator[httpx2.AsyncClient]:
    async with picky.client() as opened:
        yield opened


async def set_aside(server: Server) -> list[str]:
    """The failures of receipts that are in quarantine."""
    found = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
    return [one.settlement.failure for one in found if one.settlement.failure]


@pytest.mark.both_stores
async def test_the_good_items_of_a_bulk_are_recorded_beside_those_that_are_unfit(picky, tenant, client):
    items = [jira.deployment(deploymentSequenceNumber=n, displayName=WORD if n in (2, 5) else f"Release {n}") for n in range(8)]
    answer = await tenant.send(client, Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": items}))
    assert len(answer.json()["acceptedDeployments"]) == 8
    assert await picky.count_deployments() == 6
    receipt_id = answer.headers["X-Request-Id"]
    settlement = await picky.app.store.find_settlement(await picky.organization_id(), receipt_id)
    rejected = [verdict for verdict in settlement.verdicts if verdict.kind == "rejected"]
    assert [verdict.subject for verdict in rejected] == ["storefront/prod/2", "storefront/prod/5"]
    assert {(verdict.reason, verdict.sentence) for verdict in rejected} == {("could_not_be_stored", COULD_NOT_BE_STORED)}
    assert await set_aside(picky) == []


@pytest.mark.parametrize(
    "sent, status",
    [
        (Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report(title=WORD)), 422),
        (Sent("Ledger", "POST", native.TARGET, native.deployment(title=WORD)), 422),
        (Sent("Datadog", "POST", f"{datadog.DORA}/deployment", datadog.create_body(version=WORD)), 400),
        (Sent("Datadog", "POST", f"{datadog.DORA}/failure", datadog.failure_body(name=WORD)), 400),
    ],
    ids=["iftrue", "our own", "datadog deployment", "datadog failure"],
)
async def test_a_sender_that_waits_for_the_record_is_told(picky, tenant, client, sent, status):
    answer = await tenant.send(client, sent)
    assert (answer.status_code, COULD_NOT_BE_STORED in answer.text) == (status, True), answer.text
    assert await set_aside(picky) == []


@pytest.mark.parametrize(
    "path, body, api",
    [
        ("/v2/deployments", opsgenie.create_body(message=WORD), "/v2/deployments"),
        ("/v1/incidents/create", {"message": WORD, "serviceId": "SERVICE"}, "/v1/incidents"),
    ],
    ids=["deployment", "incident"],
)
async def test_the_status_of_a_request_says_that_it_could_not_be_stored(picky, tenant, client, path, body, api):
    client.headers.update(tenant.proofs["GenieKey"]("", ""))
    service = await opsgenie.created_service(client)
    body = {name: service if value == "SERVICE" else value for name, value in body.items()}
    accepted = await client.post(path, json=body)
    assert accepted.status_code == 202
    status = await opsgenie.settled(client, accepted.json()["requestId"], api)
    assert (status["isSuccess"], status["status"]) == (False, COULD_NOT_BE_STORED)
    assert await set_aside(picky) == []
