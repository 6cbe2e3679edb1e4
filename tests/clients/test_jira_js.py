"""A public JavaScript client of Jira, with Connect JWT, pointed at Shipledger by its host alone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.jira import deployment
from tests.support.jira_clients import APP_KEY, SHARED_SECRET, install_app
from tests.support.project import ROOT

PACKAGE = "jira.js@5.4.0"
SCRIPT = Path(__file__).with_name("jira_js.mjs")
KEY = {"pipelineId": "storefront", "environmentId": "prod", "deploymentSequenceNumber": 41}

pytestmark = pytest.mark.skipif(not shutil.which("npm") and "CI" not in os.environ, reason="jira.js needs Node")


@pytest.fixture(scope="module")
def package() -> Path:
    """The folder where the client is installed; it is kept, so it comes over the network once."""
    folder = ROOT / ".cache" / "clients" / PACKAGE
    if not (folder / "node_modules" / "jira.js").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--no-package-lock", "--silent", PACKAGE]
        subprocess.run(command, check=True, timeout=100)
    return folder


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
async def jira_js(server, package):
    await install_app(server)
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = await asyncio.create_subprocess_exec(
        *("node", str(SCRIPT), str(package), server.url, APP_KEY, SHARED_SECRET),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
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


@pytest.mark.parametrize("pipeline_id", ["p q&r", "a/b", "100 % sure", "ü", "-7"])
async def test_ids_that_it_does_not_encode_are_found_and_its_signature_holds(jira_js, pipeline_id):
    pipeline = {"id": pipeline_id, "displayName": "p", "url": "https://p.example.com"}
    await jira_js("submitDeployments", deployments=[deployment(pipeline=pipeline)])
    answer = await jira_js.until(None, "getDeploymentByKey", **{**KEY, "pipelineId": pipeline_id})
    assert answer["body"]["pipeline"]["id"] == pipeline_id


async def test_it_can_send_only_the_retired_parameter_to_delete_by_properties(jira_js):
    assert (await jira_js("deleteDeploymentsByProperty", updateSequenceNumber=7))["status"] == 400
