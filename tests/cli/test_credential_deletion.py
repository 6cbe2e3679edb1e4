"""``shipledger credential delete``: a credential goes with everything that it sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from tests.support.commands import Commands
from tests.support.opsgenie import create_body, created
from tests.support.pen import Pen
from tests.support.server import Server

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
NOTHING = {
    "deployments": 0,
    "deployment_entries": 0,
    "incidents": 0,
    "incident_entries": 0,
    "receipts": 0,
    "packs": 0,
    "commits": 0,
}


async def send_some(pen: Pen) -> str:
    """The id of a credential that was revoked, so that nobody has to wait until servers have forgotten it."""
    await pen.store.revoke_credential(pen.organization_id, pen.credential_id, now=NOW)
    for number in range(3):
        await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}")
    return pen.credential_id


@pytest.mark.both_stores
def test_it_is_counted_then_erased_and_the_ledger_still_holds(cli: Commands, write) -> None:
    credential_id = write(send_some)
    wanted = {**NOTHING, "deployments": 3, "deployment_entries": 3, "receipts": 3}

    assert cli("credential", "delete", credential_id, "--dry-run", "--json").json == {"is_dry_run": True, "counts": wanted}
    assert cli("credential", "list", "--json").json["credentials"] != []
    assert cli("credential", "delete", credential_id, "--yes", "--json").json == {"is_dry_run": False, "counts": wanted}

    assert cli("credential", "list", "--json").json["credentials"] == []
    assert cli("verify", "--json").json["damage"] == []
    assert cli("rebuild", "--json").json == {"entries": 6, "deployments": 0, "removed": 0, "erased": 3, "damaged": 0}
    assert "no credential" in cli("credential", "delete", credential_id, "--yes", code=1).err


def test_a_person_is_asked_and_may_say_no(cli: Commands, write) -> None:
    credential_id = write(send_some)

    refused = cli("credential", "delete", credential_id, answer="n\n", code=1)
    assert "3 receipts, 3 entries of 3 deployments" in refused.err
    assert len(cli("credential", "list", "--json").json["credentials"]) == 1
    assert cli("verify", "--json").json["verification"]["deployments"] == 3

    assert "Erased" in cli("credential", "delete", credential_id, answer="y\n").out


def test_a_program_must_say_yes(cli: Commands, write) -> None:
    credential_id = write(send_some)
    assert "--yes" in cli("credential", "delete", credential_id, "--json", code=2).err


async def test_a_running_server_forgets_within_seconds(server: Server, opsgenie: httpx2.AsyncClient, database: Path) -> None:
    await created(opsgenie, message="Secret of Anna")
    assert await server.count_deployments() == 1
    cli = Commands(database)
    (credential,) = (await asyncio.to_thread(cli, "credential", "list", "--json")).json["credentials"]

    await asyncio.to_thread(cli, "credential", "delete", credential["id"], "--yes")

    assert await server.count_deployments() == 0
    async with server.client() as client:
        assert "Secret of Anna" not in (await client.get("/deployments")).text
        assert "Secret of Anna" not in (await client.get("/requests")).text
    assert (await opsgenie.post("/v2/deployments", json=create_body())).status_code == 401
