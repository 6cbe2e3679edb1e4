"""A public client of Jira, pointed at Shipledger by its host alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import requests
from atlassian import JiraSoftware

from tests.support.jira import deployment
from tests.support.jira_clients import fetch_token, issue_client


@pytest.fixture
async def software(server):
    token = await fetch_token(server, *await issue_client(server))
    client = JiraSoftware(url=server.url, token=token)
    yield client
    client.close()


async def call(operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What the client gives; it blocks, so it runs beside the server's event loop."""
    return await asyncio.to_thread(operation, *arguments, **named)


async def status_of(operation: Callable[..., Any], *arguments: Any) -> int:
    """What the client was answered: 200 when it raises nothing."""
    try:
        await call(operation, *arguments)
    except requests.HTTPError as error:
        return error.response.status_code
    return 200


async def wait_for(status: int, operation: Callable[..., Any], *arguments: Any) -> None:
    """Submissions and deletes are processed after they are accepted."""
    while (found := await status_of(operation, *arguments)) != status:
        assert found in {200, 404}


async def test_it_submits_reads_and_deletes_by_key(software):
    key = ("storefront/web release", "prod", 41)
    pipeline = {"id": key[0], "displayName": "Web", "url": "https://ci.example.com/web"}
    answer = await call(software.submit_deployments, {"deployments": [deployment(pipeline=pipeline)]})
    assert answer["acceptedDeployments"] == [{"pipelineId": key[0], "environmentId": "prod", "deploymentSequenceNumber": 41}]
    await wait_for(200, software.get_deployment_by_key, *key)
    stored = await call(software.get_deployment_by_key, *key)
    assert (stored["pipeline"]["id"], stored["state"]) == (key[0], "successful")
    gating = await call(software.get_deployment_gating_status_by_key, *key)
    assert (gating["gatingStatus"], gating["details"]) == ("invalid", [])
    await call(software.delete_deployment_by_key, *key)
    await wait_for(404, software.get_deployment_by_key, *key)


async def test_it_deletes_by_properties_with_its_general_method_alone(software):
    await call(software.submit_deployments, {"deployments": [deployment()], "properties": {"accountId": 7}})
    await wait_for(200, software.get_deployment_by_key, "storefront", "prod", 41)
    with pytest.raises(requests.HTTPError) as refused:
        await call(software.delete_deployments_by_property, update_sequence_number=7)
    assert refused.value.response.status_code == 400
    assert refused.value.response.json() == [{"message": "At least one property parameter is required"}]
    await call(software.delete, "rest/deployments/0.1/bulkByProperties", params={"accountId": "7"})
    await wait_for(404, software.get_deployment_by_key, "storefront", "prod", 41)


async def test_it_raises_its_usual_error_for_a_refused_request(software):
    with pytest.raises(requests.HTTPError) as refused:
        await call(software.submit_deployments, {"deployments": []})
    assert refused.value.response.status_code == 400
