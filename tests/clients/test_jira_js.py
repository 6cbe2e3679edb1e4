"""A public JavaScript client of Jira, with Connect JWT, pointed at Shipledger by its host alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import packages
from tests.support.jira import deployment
from tests.support.jira_clients import APP_KEY, SHARED_SECRET, install_app

SCRIPT = Path(__file__).with_name("jira_js.mjs")
KEY = {"pipelineId": "storefront", "environmentId": "prod", "deploymentSequenceNumber": 41}

pytestmark = packages.TIMEOUT


class JiraJs:
    """The client in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"operation": operation, "parameters": parameters}).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return answer

    async def until(self, status: int | None, operation: str, **parameters: Any) -> dict[str, Any]:
        """The first answer with this status; None is success."""
        while (answer := await self(operation, **parameters)).get("status") != status:
            assert answer.get("status") in {None, 404}, answer
        return answer


@pytest.fixture
async def jira_js(server):
    folder = packages.require_node_packages("jira.js")
    await install_app(server)
    process = await asyncio.create_subprocess_exec(
        *(packages.require_node(), str(SCRIPT), str(folder), server.url, APP_KEY, SHARED_SECRET),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=packages.environment(),
    )
    try:
        yield JiraJs(process)
    finally:
        process.stdin.close()
        await process.wait()


async def test_it_submits_reads_and_deletes(jira_js):
    answer = await jira_js(
        "submitDeployments", deployments=[deployment()], properties={"a": "1"}, providerMetadata={"product": "probe"}
    )
    assert answer["body"]["acceptedDeployments"] == [KEY]
    stored = await jira_js.until(None, "getDeploymentByKey", **KEY)
    assert stored["body"]["displayName"] == "Release 41"
    gating = await jira_js("getDeploymentGatingStatusByKey", **KEY)
    assert (gating["body"]["gatingStatus"], gating["body"]["details"]) == ("invalid", [])
    assert "status" not in await jira_js("deleteDeploymentByKey", **KEY, updateSequenceNumber=7)
    await jira_js.until(404, "getDeploymentByKey", **KEY)


async def test_ids_that_it_does_not_encode_are_found_its_signature_holds_and_its_retired_parameter_is_refused(jira_js):
    for pipeline_id in ("p q&r", "a/b", "100 % sure", "ü", "-7"):
        pipeline = {"id": pipeline_id, "displayName": "p", "url": "https://p.example.com"}
        await jira_js("submitDeployments", deployments=[deployment(pipeline=pipeline)])
        answer = await jira_js.until(None, "getDeploymentByKey", **{**KEY, "pipelineId": pipeline_id})
        assert answer["body"]["pipeline"]["id"] == pipeline_id
    assert (await jira_js("deleteDeploymentsByProperty", updateSequenceNumber=7))["status"] == 400
