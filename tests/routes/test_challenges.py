"""Whoever is answered 401 is told how to prove who it is (RFC 9110, 11.6.1), in every protocol."""

from __future__ import annotations

import pytest

from tests.support.jira_clients import connect_client, prefixes_of

KEY = "pipelines/p/environments/e/deployments/1"
NATIVE, IFTRUE = "/ledger/v1/deployments", "/v1/organization/deployment"


@pytest.mark.parametrize("header", [None, "Bearer nothing", "JWT a.b.c", "Basic eDp5", "GenieKey nothing"])
async def test_every_401_carries_a_challenge(anonymous, header):
    headers = {} if header is None else {"Authorization": header}
    calls = [("POST", f"{prefix}/bulk", "Bearer, JWT") for prefix in prefixes_of("x")]
    calls += [(method, f"{prefixes_of('x')[0]}/{KEY}", "Bearer, JWT") for method in ("GET", "DELETE")]
    calls += [("POST", NATIVE, "Bearer"), ("POST", IFTRUE, "Bearer"), ("GET", "/v2/deployments/x", "GenieKey")]
    for method, path, challenge in calls:
        answer = await anonymous.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, challenge), path


async def test_the_token_endpoint_carries_one_too(anonymous):
    body = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    answer = await anonymous.post("/oauth/token", json=body)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="Shipledger"')


async def test_a_missing_permission_is_401_at_the_gateway_and_carries_one(place):
    async with await connect_client(place, "read") as client:
        gateway = prefixes_of(await place.organization_id())[1]
        answer = await client.post(f"{gateway}/bulk", json={})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer, JWT")
        assert "WWW-Authenticate" not in (await client.post(f"{prefixes_of('x')[0]}/bulk", json={})).headers
