"""A client of the Datadog API, and the bodies that its tests vary."""

from __future__ import annotations

import secrets
from typing import Any

import httpx2
from msgspec.structs import replace

from shipledger.access.issuing import Limits, issue_credential
from shipledger.protocols.datadog.credentials import issue_application_key
from tests.support.server import Server

DORA = "/api/v2/dora"
STARTED = 1_772_704_800


def create_body(**changes: Any) -> dict[str, Any]:
    """The body of a deployment with the required attributes; None removes one."""
    attributes: dict[str, Any] = {"service": "checkout", "started_at": STARTED, "finished_at": STARTED + 300, **changes}
    return {"data": {"attributes": {name: value for name, value in attributes.items() if value is not None}}}


def list_body(query: str = "", **attributes: Any) -> dict[str, Any]:
    """The body of a list."""
    return {"data": {"type": "dora_deployments_list_request", "attributes": {"query": query, **attributes}}}


def patch_body(deployment_id: str | None = None, **attributes: Any) -> dict[str, Any]:
    """The body of a patch, by id or by version."""
    data: dict[str, Any] = {"type": "dora_deployment_patch_request", "attributes": attributes}
    return {"data": data if deployment_id is None else {**data, "id": deployment_id}}


def failure_body(**changes: Any) -> dict[str, Any]:
    """The body of a failure that is not over; None removes an attribute."""
    attributes: dict[str, Any] = {"services": ["checkout"], "started_at": STARTED, **changes}
    return {"data": {"attributes": {name: value for name, value in attributes.items() if value is not None}}}


def failures_body(query: str = "", **attributes: Any) -> dict[str, Any]:
    """The body of a list of failures."""
    return {"data": {"type": "dora_failures_list_request", "attributes": {"query": query, **attributes}}}


async def issue_keys(
    server: Server,
    *,
    organization: str | None = None,
    scopes: frozenset[str] = frozenset(),
    api_key_scopes: frozenset[str] = frozenset(),
    limits: Limits | None = None,
    time_form: str = "",
) -> dict[str, str]:
    """The headers of a new pair of keys."""
    issued = issue_credential(
        organization_id=await server.organization_id(organization),
        kind="datadog",
        name="test",
        now=server.app.clock.now(),
        randomness=secrets.token_bytes(8),
        scopes=api_key_scopes,
        limits=limits,
    )
    application = issue_application_key(issued.credential, scopes)
    await server.app.store.create_credential(issued.credential)
    await server.app.store.create_credential(replace(application.credential, time_form=time_form))
    return {"DD-API-KEY": issued.secret, "DD-APPLICATION-KEY": application.secret}


def client_of(server: Server, headers: dict[str, str]) -> httpx2.AsyncClient:
    """A client that sends these headers."""
    return server.client(headers=headers)
