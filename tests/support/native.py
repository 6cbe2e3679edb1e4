"""A client of Shipledger's own API, and the deployment that its tests vary."""

from __future__ import annotations

from typing import Any

import httpx2

from shipledger.access.issuing import Limits
from shipledger.protocols.native.credentials import KINDS
from tests.support.server import Server

TARGET = "/ledger/v1/deployments"
SHA = "0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f0b5c7a9f"


def deployment(**changes: Any) -> dict[str, Any]:
    """A deployment that says most of what can be said; None removes a member."""
    body: dict[str, Any] = {
        "external_id": "build-77",
        "service": "checkout",
        "environment": "production",
        "state": "successful",
        "started_at": "2026-03-04T10:00:00Z",
        "finished_at": "2026-03-04T10:05:00Z",
        "version": "2.4.1",
        "releases": [{"repository": "https://github.com/acme/shop.git", "commit": SHA}],
        "actor": "octocat",
        "title": "Checkout 2.4.1",
        "url": "https://github.com/acme/shop/actions/runs/77",
        "ci": "github",
        "run": "77",
        "attempt": "1",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def started(**changes: Any) -> dict[str, Any]:
    """The same deployment while it runs."""
    return deployment(**{"state": "in_progress", "finished_at": None, **changes})


async def issue_token(server: Server, *scopes: str, organization: str | None = None, limits: Limits | None = None) -> str:
    """The token of a new credential, with all rights of its kind unless ``scopes`` narrow them."""
    return await server.issue(*(scopes or KINDS[0].scopes), kind="native", organization=organization, limits=limits)


def client_of(server: Server, token: str | None) -> httpx2.AsyncClient:
    """A client that sends a token, or none."""
    return server.client(headers={"Authorization": f"Bearer {token}"} if token is not None else {})


INCIDENTS = "/ledger/v1/incidents"


def incident(**changes: Any) -> dict[str, Any]:
    """An incident that says most of what can be said; None removes a member."""
    body: dict[str, Any] = {
        "external_id": "inc-1",
        "title": "Checkout is down",
        "description": "Every payment fails.",
        "services": ["checkout"],
        "team": "payments",
        "severity": "SEV-1",
        "environment": "production",
        "started_at": "2026-03-04T10:10:00Z",
        "version": "2.4.1",
        "releases": [{"repository": "https://github.com/acme/shop.git", "commit": SHA}],
        "tags": ["customer"],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}
