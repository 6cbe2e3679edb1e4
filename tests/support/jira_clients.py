"""Clients of the Jira API against a running server."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx2
import jwt
from msgspec.structs import replace

from shipledger.access.credential import Credential, hash_secret
from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits, issue_credential
from shipledger.access.sealing import Seal
from shipledger.access.signing_app import SigningApp
from shipledger.protocols.jira.qsh import hash_request
from shipledger.store.key_file import load_sealing_keys
from tests.support.project import ROOT
from tests.support.server import Server

SITE = "/rest/deployments/0.1"
PATIENCE_SECONDS = 60.0
APP_KEY = "com.example.app"
SHARED_SECRET = "0123456789abcdef0123456789abcdef"


def prefixes_of(cloud_id: str) -> tuple[str, ...]:
    """The four places where the API is served."""
    gateways = (f"/jira/deployments/0.1/cloud/{cloud_id}", f"/ex/jira/{cloud_id.upper()}{SITE}")
    return (SITE, *gateways, "/deployments/0.1")


async def issue_client(
    server: Server, *scopes: Scope, organization: str | None = None, limits: Limits | None = None, **changes: Any
) -> tuple[Credential, str]:
    """An OAuth client and its secret."""
    issued = issue_credential(
        organization_id=await server.organization_id(organization),
        kind="jira-oauth",
        name="test",
        now=server.app.clock.now(),
        randomness=secrets.token_bytes(8),
        scopes=frozenset(scopes),
        limits=limits,
    )
    credential = replace(issued.credential, **changes)
    await server.app.store.create_credential(credential)
    return credential, issued.secret


async def fetch_token(server: Server, credential: Credential, secret: str, **more: str) -> str:
    """An access token, as the tutorial gets it."""
    body = {"grant_type": "client_credentials", "client_id": credential.credential_id, "client_secret": secret, **more}
    async with server.client() as client:
        answer = await client.post("/oauth/token", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def follow_tutorial(server: Server) -> None:
    """Steps 1 to 3 of the Open DevOps tutorial; the deployment that it sends for EXAMPLE-1 is there when this returns."""
    body = json.loads((ROOT / "tests/contract/jira/submit-tutorial-minimal.json").read_text())["request"]["body"]
    async with server.client() as shell:
        cloud_id = (await shell.get("/_edge/tenant_info")).json()["cloudId"]
        token = await fetch_token(server, *await issue_client(server), audience="api.atlassian.com")
        shell.headers["Authorization"] = f"Bearer {token}"
        gateway = f"/jira/deployments/0.1/cloud/{cloud_id}"
        answer = await shell.post(f"{gateway}/bulk", json=body, headers={"From": "random-email-id"})
        (key,) = answer.json()["acceptedDeployments"]
        assert key == {"pipelineId": "api-update", "environmentId": "production", "deploymentSequenceNumber": 1}
        await get_until(shell, f"{gateway}/pipelines/api-update/environments/production/deployments/1")


async def connect_client(server: Server, *scopes: Scope, **changes: Any) -> httpx2.AsyncClient:
    """A client with a fresh bearer token of a fresh credential."""
    token = await fetch_token(server, *await issue_client(server, *scopes, **changes))
    headers = {"Authorization": f"Bearer {token}"}
    return server.client(headers=headers)


async def install_app(
    server: Server,
    *scopes: Scope,
    app_key: str = APP_KEY,
    secret: str = SHARED_SECRET,
    organization: str | None = None,
    limits: Limits | None = None,
    **changes: Any,
) -> Credential:
    """An installed app with a secret of the test's choice."""
    issued = issue_credential(
        organization_id=await server.organization_id(organization),
        kind="jira-connect",
        name="app",
        now=server.app.clock.now(),
        randomness=secrets.token_bytes(8),
        scopes=frozenset(scopes),
        limits=limits,
    )
    random_hash = hash_secret(secrets.token_urlsafe())
    credential = replace(issued.credential, secret_hash=random_hash)
    app = SigningApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=app_key,
        sealed_secret=Seal(lambda: load_sealing_keys(server.app.settings)).seal(secret),
        **changes,
    )
    await server.app.store.create_signing_app(credential, app)
    return credential


def sign(method: str, target: str, *, now: float | None = None, secret: str = SHARED_SECRET, **claims: Any) -> str:
    """The value of the header for one request of the app."""
    path, _, query = target.partition("?")
    at = int(time.time() if now is None else now)
    said = {"iss": APP_KEY, "iat": at, "exp": at + 180, "qsh": hash_request(method, path, query), **claims}
    return "JWT " + jwt.encode(said, secret, algorithm="HS256")


async def get_until(
    client: httpx2.AsyncClient, target: str, is_awaited: Callable[[httpx2.Response], bool] = lambda answer: answer.is_success
) -> httpx2.Response:
    """The first answer that ``is_awaited``: submissions are processed after they are accepted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await client.get(target)
        if is_awaited(answer):
            return answer
        assert time.monotonic() < deadline, f"{target} still answers {answer.status_code}: {answer.text}"
        await asyncio.sleep(0.02)
