"""The official Python client waits as long as our rate limit tells it to."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from itertools import count

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.v2.api.dora_metrics_api import DORAMetricsApi
from datadog_api_client.v2.model.dora_deployment_request import DORADeploymentRequest
from datadog_api_client.v2.model.dora_deployment_request_attributes import DORADeploymentRequestAttributes
from datadog_api_client.v2.model.dora_deployment_request_data import DORADeploymentRequestData

from shipledger.access.issuing import Limits
from tests.support.datadog import STARTED, issue_keys

BODY = DORADeploymentRequest(
    data=DORADeploymentRequestData(
        attributes=DORADeploymentRequestAttributes(service="shop", started_at=STARTED, finished_at=STARTED)
    )
)


async def test_too_many_requests_are_sent_again_when_the_period_is_over(server, monkeypatch):
    late_in_a_minute = server.app.clock.now().replace(second=58)
    ticks, stopwatch = count(), []

    def now() -> datetime:
        """Stands still but for a tick, until the stopwatch is started."""
        passed = time.monotonic() - stopwatch[0] if stopwatch else 0.0
        return late_in_a_minute + timedelta(seconds=passed, microseconds=next(ticks))

    monkeypatch.setattr(server.app.clock, "now", now)
    keys = await issue_keys(server, limits=Limits(requests_per_minute=1))

    async def create(*, may_retry: bool) -> int:
        configuration = Configuration(host=server.url)
        configuration.api_key = {"apiKeyAuth": keys["DD-API-KEY"], "appKeyAuth": keys["DD-APPLICATION-KEY"]}
        configuration.enable_retry = may_retry
        try:
            await asyncio.to_thread(DORAMetricsApi(ApiClient(configuration)).create_dora_deployment, body=BODY)
        except ApiException as error:
            return error.status
        return 200

    assert [await create(may_retry=False) for _ in range(2)] == [200, 429]
    stopwatch.append(time.monotonic())
    assert await create(may_retry=True) == 200
    assert time.monotonic() - stopwatch[0] < 30
