"""A client of iftrue's operation, and the report that its tests vary."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import httpx2

from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits, issue_credential
from shipledger.access.tokens import mint_token
from shipledger.store.key_file import load_token_keys
from tests.support.server import Server

TARGET = "/v1/organization/deployment"


def report(**changes: Any) -> dict[str, Any]:
    """A report with the required members; None removes one."""
    body: dict[str, Any] = {
        "title": "Release 77",
        "branch": "main",
        "commit_id": "0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f",
        "repository_url": "https://bitbucket.org/acme/shop",
        "member_id": "octo-17",
        "pull_request_number": 77,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


async def issue_token(
    server: Server,
    *,
    organization: str | None = None,
    scopes: frozenset[Scope] = frozenset(),
    limits: Limits | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """The id and the token of a new credential."""
    issued = issue_credential(
        organization_id=await server.organization_id(organization),
        kind="iftrue",
        name="test",
        now=server.app.clock.now(),
        randomness=secrets.token_bytes(8),
        scopes=scopes,
        limits=limits,
    )
    credential = issued.credential
    await server.app.store.create_credential(credential)
    token = mint_token(
        load_token_keys(server.app.settings),
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        now=credential.created_at,
        expires_at=expires_at,
    )
    return credential.credential_id, token


def client_of(server: Server, token: str | None) -> httpx2.AsyncClient:
    """A client that sends a token, or none."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return server.client(headers=headers)
