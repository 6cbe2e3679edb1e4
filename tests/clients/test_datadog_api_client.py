"""The official Python and JavaScript clients of the Datadog API: every operation, and the page's example."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from msgspec import UNSET

from shipledger.ledger.submission import Remediation, Target
from tests.support import packages
from tests.support.datadog import DORA, client_of, create_body, issue_keys
from tests.support.project import ROOT

HERE = Path(__file__).parent
MINE, MARKED = "client-000000000001", "client:000000000002"
TIMES = ["2026-03-05T10:00:00+00:00", "2026-03-05T10:00:01+00:00"]
NANOSECONDS = [1_772_704_800 * 10**9, 1_772_704_801 * 10**9]
GIT = {
    "commit_sha": "66adc9350f2cc9b250b69abddab733dd55e1a588",
    "repository_id": "github.com/acme/shop",
    "repository_url": "https://github.com/acme/shop",
}
ANSWERS = {
    "create deployment": MINE,
    "create another": MARKED,
    "get deployment": {
        "service": "shop",
        "env": "production",
        "version": "v1",
        "team": "backend",
        "custom_tags": ["a:b"],
        "git": GIT,
    },
    "list deployments": [MARKED, MINE],
    "patch deployment": None,
    "patch by version": None,
    "create failure": True,
    "create incident": True,
    "get failure": {"name": "Down", "services": ["shop"], "severity": "SEV-1", "env": "production", "git": GIT},
    "list failures": ["Down"],
    "bad input": 400,
    "bad key": 403,
    "delete deployment": None,
    "get deleted": 404,
    "delete failure": None,
    "get deleted failure": 404,
}
BY_ID = Remediation("rollback", id="client.000000000003", scope="datadog:id")
BY_VERSION = Remediation("rollforward", version="v3")

pytestmark = packages.TIMEOUT


def python_of(version):
    """The newest is in our own environment."""
    return sys.executable if version == "newest" else packages.require_python(f"datadog-api-client-{version}")


async def run(server, keys, *command):
    """All that a program printed, which knows the keys from its environment."""
    environment = {**packages.environment(), "DD_API_KEY": keys["DD-API-KEY"], "DD_APP_KEY": keys["DD-APPLICATION-KEY"]}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    written, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return written.decode()


def expect(times, without=()):
    started, finished = times
    timed = {
        name: {**answer, "started_at": started, "finished_at": finished} if isinstance(answer, dict) else answer
        for name, answer in ANSWERS.items()
    }
    return {name: answer for name, answer in timed.items() if name not in without}


async def find_remediation(server):
    """What the last mark of the marked deployment says."""
    target = Target(scope="datadog:id", key=MARKED)
    return (await server.app.store.find_deployment(await server.organization_id(), target)).facts.remediation


@pytest.mark.parametrize(
    "version, times, without, remediation",
    [
        ("2.50", NANOSECONDS, {"patch deployment", "patch by version"}, UNSET),
        ("2.57", NANOSECONDS, {"patch by version"}, BY_ID),
        ("newest", TIMES, (), BY_VERSION),
    ],
)
async def test_every_operation_of_the_python_client_is_answered(server, version, times, without, remediation):
    python = python_of(version)
    keys = await issue_keys(server)
    said = json.loads(await run(server, keys, python, str(HERE / "datadog_calls.py"), f"{server.url}/"))
    assert said == expect(times, without)
    assert await find_remediation(server) == remediation


async def test_every_operation_of_the_javascript_client_is_answered(server):
    command = (
        packages.require_node(),
        str(HERE / "datadog_calls.cjs"),
        str(packages.require_node_packages("datadog-api-client")),
    )
    said = json.loads(await run(server, await issue_keys(server), *command, server.url))
    assert said == expect([time.replace("+00:00", ".000Z") for time in TIMES])
    assert await find_remediation(server) == BY_VERSION


@pytest.mark.parametrize("version", ["2.50", "2.57", "newest"])
async def test_the_example_of_the_vendors_page_prints_the_deployment(server, tmp_path, version):
    keys = await issue_keys(server)
    async with client_of(server, keys) as datadog:
        made = (await datadog.post(f"{DORA}/deployment", json=create_body(service="shopist", version="v1.12.07"))).json()
    page = (ROOT / "tests/contract/datadog/example.txt").read_text()
    example = tmp_path / "example.py"
    example.write_text(
        page.replace("Configuration()", f"Configuration(host='{server.url}')").replace(
            '"deployment_id"', f"'{made['data']['id']}'"
        )
    )
    printed = await run(server, keys, python_of(version), str(example))
    assert "'service': 'shopist'" in printed
    assert "'version': 'v1.12.07'" in printed
