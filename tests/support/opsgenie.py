"""What a client of the Opsgenie API does, in one call each."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx2

PATIENCE_SECONDS = 60.0


def create_body(**changes: Any) -> dict[str, Any]:
    """A create that is accepted; ``changes`` replace members, None removes one."""
    body: dict[str, Any] = {
        "state": "started",
        "environment": {"type": "Production", "id": "prod", "displayName": "Production"},
        "startedAt": "2026-03-04T09:40:00.000Z",
        "externalId": "build-77",
        "message": "Release 77",
        "releases": [release()],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def release(sha: str = "0c9135c", repository: str = "shop", workspace: str = "acme") -> dict[str, Any]:
    """A release as create takes it."""
    return {
        "type": "bbc",
        "repository": {"workspace": {"identifier": workspace}, "repoSlug": repository},
        "commit": {"sha": sha},
    }


async def accepted(client: httpx2.AsyncClient, **changes: Any) -> str:
    """The request id of an accepted create."""
    answer = await client.post("/v2/deployments", json=create_body(**changes))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["requestId"])


async def settled(client: httpx2.AsyncClient, request_id: str, api: str = "/v2/deployments") -> dict[str, Any]:
    """What became of a request: the ``data`` of its status, once there is one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await client.get(f"{api}/requests/{request_id}")
        if answer.status_code == 200:
            data: dict[str, Any] = answer.json()["data"]
            return data
        assert answer.status_code == 404, answer.text
        assert answer.headers.get("X-Opsgenie-Errortype") == "RequestNotProcessed", answer.text
        assert time.monotonic() < deadline, f"request {request_id} is not settled after {PATIENCE_SECONDS} s"
        await asyncio.sleep(0.01)


async def created(client: httpx2.AsyncClient, **changes: Any) -> str:
    """The id of a deployment that was just created."""
    data = await settled(client, await accepted(client, **changes))
    assert data["isSuccess"], data
    return str(data["deploymentId"])


async def get(client: httpx2.AsyncClient, identifier: str, **parameters: str) -> dict[str, Any]:
    """A deployment that exists."""
    answer = await client.get(f"/v2/deployments/{identifier}", params=parameters)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def incident_settled(client: httpx2.AsyncClient, request_id: str) -> dict[str, Any]:
    """What became of a request about incidents."""
    return await settled(client, request_id, api="/v1/incidents")


async def created_incident(client: httpx2.AsyncClient, service_id: str, **members: Any) -> str:
    """The id of an incident of a service that was just created."""
    body = {"message": "Checkout answers 500", "serviceId": service_id, **members}
    answer = await client.post("/v1/incidents/create", json=body)
    assert answer.status_code == 202, answer.text
    data = await incident_settled(client, answer.json()["requestId"])
    assert data["isSuccess"], data
    return str(data["incidentId"])


async def changed_incident(client: httpx2.AsyncClient, method: str, path: str, **options: Any) -> dict[str, Any]:
    """What became of a write to ``/v1/incidents/`` and ``path``."""
    answer = await client.request(method, f"/v1/incidents/{path}", **options)
    assert answer.status_code == 202, answer.text
    return await incident_settled(client, answer.json()["requestId"])


async def get_incident(client: httpx2.AsyncClient, identifier: str, **parameters: str) -> dict[str, Any]:
    """An incident that exists."""
    answer = await client.get(f"/v1/incidents/{identifier}", params=parameters)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def created_service(client: httpx2.AsyncClient, name: str = "Checkout") -> str:
    """The id of a service that was just created."""
    answer = await client.post("/v1/services", json={"name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])
