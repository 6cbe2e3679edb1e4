"""``GET /ledger/v1/status``."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from tests.support.native import client_of, deployment, issue_token

STATUS = "/ledger/v1/status"


@pytest.mark.both_stores
async def test_the_status_has_real_figures_and_only_for_the_operators(server):
    async with client_of(server, await issue_token(server)) as client:
        assert (await client.get(STATUS)).json()["pace"]["receipts_per_commit"] is None
        assert (await client.post("/ledger/v1/deployments", json=deployment())).status_code == 201
        told = (await client.get(STATUS)).json()
        assert (await client.get(f"{STATUS}?colour=red")).status_code == 422
    assert (told["pace"]["receipts_per_commit"], told["pace"]["commit_milliseconds"] > 0) == (1, True)
    assert told["pace"]["requests_per_second"] > 0
    assert [(one["id"], one["is_alive"], one["is_this"]) for one in told["nodes"]] == [(told["node_id"], True, True)]
    assert {one["name"] for one in told["duties"]} == {one.name for one in server.app.roster.list_runs()}
    assert (told["waiting"]["receipts"], told["waiting"]["quarantined"], told["organizations"]) == (0, 0, 1)
    assert told["store"]["size_bytes"] > 0
    assert "location" not in told["store"]
    await server.app.directory.create_organization("another", "")
    async with client_of(server, await issue_token(server, organization="another")) as client:
        assert (await client.get(STATUS)).status_code == 404
    async with client_of(server, await issue_token(server, Scope.WRITE)) as client:
        assert (await client.get(STATUS)).status_code == 403
