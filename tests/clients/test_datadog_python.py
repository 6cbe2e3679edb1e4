"""The official Python client of the Datadog API, pointed at a real server: every operation, and the errors that it maps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException, ForbiddenException, NotFoundException
from datadog_api_client.v2 import models
from datadog_api_client.v2.api.dora_metrics_api import DORAMetricsApi

from shipledger.access.issuing import Limits
from tests.support.datadog import STARTED, issue_keys

NANOSECONDS = STARTED * 10**9
SHA = "66adc9350f2cc9b250b69abddab733dd55e1a588"
FIRST, SECOND = "client-000000000001", "client-000000000002"


def connect(server, keys):
    configuration = Configuration(host=f"{server.url}/")
    configuration.api_key = {"apiKeyAuth": keys["DD-API-KEY"], "appKeyAuth": keys["DD-APPLICATION-KEY"]}
    configuration.enable_retry = False
    return DORAMetricsApi(ApiClient(configuration))


@pytest.fixture
async def dora(server):
    return connect(server, await issue_keys(server))


def git():
    return models.DORAGitInfo(commit_sha=SHA, repository_url="git@github.com:acme/shop.git")


def deployment(**rest):
    attributes = {"service": "shop", "started_at": NANOSECONDS, "finished_at": NANOSECONDS + 10**9, **rest}
    data = models.DORADeploymentRequestData(attributes=models.DORADeploymentRequestAttributes(**attributes))
    return models.DORADeploymentRequest(data=data)


def failure(**rest):
    attributes = {"services": ["shop"], "env": "production", "started_at": NANOSECONDS, **rest}
    return models.DORAFailureRequest(
        data=models.DORAFailureRequestData(attributes=models.DORAFailureRequestAttributes(**attributes))
    )


async def call(operation, *arguments, **named):
    """The client blocks, and the server runs in this event loop."""
    return await asyncio.to_thread(operation, *arguments, **named)


async def test_a_deployment_is_created_read_listed_marked_and_deleted(dora):
    created = await call(
        dora.create_dora_deployment,
        body=deployment(id=FIRST, env="production", version="v1", team="backend", custom_tags=["a:b"], git=git()),
    )
    assert created.data.id == FIRST
    await call(dora.create_dora_deployment, body=deployment(id=SECOND, env="production", version="v2"))
    attributes = (await call(dora.get_dora_deployment, FIRST)).data.attributes
    assert (attributes.service, attributes.team, attributes.custom_tags) == ("shop", "backend", ["a:b"])
    assert attributes.started_at == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert (attributes.git.commit_sha, attributes.git.repository_id) == (SHA, "github.com/acme/shop")
    request = models.DORAListDeploymentsRequest(
        data=models.DORAListDeploymentsRequestData(
            type=models.DORAListDeploymentsRequestDataType.DORA_DEPLOYMENTS_LIST_REQUEST,
            attributes=models.DORAListDeploymentsRequestAttributes(
                query="service:shop env:production version:v*",
                _from=datetime(2026, 1, 1, tzinfo=UTC),
                to=datetime(2027, 1, 1, tzinfo=UTC),
                sort="-finished_at",
            ),
        )
    )
    assert [found.id for found in (await call(dora.list_dora_deployments, body=request)).data] == [FIRST, SECOND]
    kind = models.DORADeploymentPatchRequestDataType.DORA_DEPLOYMENT_PATCH_REQUEST
    remediation = models.DORADeploymentPatchRemediation(id=SECOND, type=models.DORADeploymentPatchRemediationType.ROLLBACK)
    by_id = models.DORADeploymentPatchRequestAttributes(change_failure=True, remediation=remediation)
    patch = models.DORADeploymentPatchRequest(data=models.DORADeploymentPatchRequestData(id=FIRST, type=kind, attributes=by_id))
    await call(dora.patch_dora_deployment, FIRST, body=patch)
    by_version = models.DORADeploymentPatchByVersionRequestAttributes(
        service="shop", env="production", version="v2", change_failure=False
    )
    patch_by_version = models.DORADeploymentPatchByVersionRequest(
        data=models.DORADeploymentPatchByVersionRequestData(type=kind, attributes=by_version)
    )
    await call(dora.patch_dora_deployment_by_version, body=patch_by_version)
    await call(dora.delete_dora_deployment, FIRST)
    with pytest.raises(NotFoundException):
        await call(dora.get_dora_deployment, FIRST)


@pytest.mark.filterwarnings("ignore:create_dora_incident is deprecated:DeprecationWarning")
async def test_a_failure_is_created_closed_read_listed_and_deleted(dora):
    begun = await call(dora.create_dora_failure, body=failure(name="Down", severity="SEV-1", git=git()))
    over = await call(dora.create_dora_failure, body=failure(finished_at=NANOSECONDS + 10**9))
    old = await call(dora.create_dora_incident, body=failure())
    assert begun.data.id == over.data.id == old.data.id
    attributes = (await call(dora.get_dora_failure, begun.data.id)).data.attributes
    assert (attributes.name, attributes.services, attributes.severity) == ("Down", ["shop"], "SEV-1")
    assert attributes.finished_at == datetime(2026, 3, 5, 10, 0, 1, tzinfo=UTC)
    request = models.DORAListFailuresRequest(
        data=models.DORAListFailuresRequestData(
            type=models.DORAListFailuresRequestDataType.DORA_FAILURES_LIST_REQUEST,
            attributes=models.DORAListFailuresRequestAttributes(query="severity:(SEV-1 OR SEV-2) service:shop"),
        )
    )
    assert [found.id for found in (await call(dora.list_dora_failures, body=request)).data] == [begun.data.id]
    await call(dora.delete_dora_failure, begun.data.id)
    with pytest.raises(NotFoundException):
        await call(dora.get_dora_failure, begun.data.id)


async def test_bad_input_a_bad_key_and_too_many_requests_are_told_apart(server, dora):
    with pytest.raises(ApiException) as refused:
        await call(dora.create_dora_deployment, body=deployment(started_at=STARTED * 10**6))
    assert refused.value.status == 400
    keys = await issue_keys(server)
    with pytest.raises(ForbiddenException):
        await call(connect(server, {**keys, "DD-APPLICATION-KEY": "unknown"}).get_dora_deployment, FIRST)
    limited = connect(server, await issue_keys(server, limits=Limits(requests_per_minute=1)))
    statuses = set()
    for _ in range(3):
        try:
            await call(limited.create_dora_deployment, body=deployment())
        except ApiException as error:
            statuses.add(error.status)
    assert statuses == {429}
