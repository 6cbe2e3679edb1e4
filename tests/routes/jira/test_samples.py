"""Every sample of the contract, sent through the front door under every prefix."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx2
import pytest

from shipledger.access.grant import Scope
from tests.support.jira import associated, deployment
from tests.support.jira_clients import (
    SITE,
    connect_client,
    fetch_token,
    get_until,
    install_app,
    issue_client,
    prefixes_of,
    sign,
)
from tests.support.project import ROOT

FOLDER = ROOT / "tests/contract/jira"
SAMPLES: dict[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
    if path.stem not in {"qsh-vectors", "openapi"}
}
CLOUD_OF_SAMPLES = "c68adbe0-2b09-4add-b08e-eb5797b31bc9"

LATER = {
    *("gating-callback", "gating-status-allowed", "gating-status-prevented", "response-gating-awaiting"),
    *("connect-descriptor", "connect-installed", "connect-uninstalled"),
}
"""Decisions, what apps are told, and installing by descriptor are tested apart."""

SIBLINGS = {
    *("response-400-association-without-value", "response-accepted-builds"),
    *("response-missing-url-builds", "response-unknown-issue-keys-builds"),
}
"""Answers of other APIs that show the form of a text."""

APART = {
    *("tenant-info", "response-401-gateway", "response-401-scope-mismatch", "message-association-sum-over-500"),
    *("connect-module-missing", "connect-scope-missing"),
}
OAUTH = [name for name in SAMPLES if name.startswith("oauth-")]
CONNECT = [name for name in SAMPLES if name.startswith("connect-jwt-")]
JENKINS = [name for name in SAMPLES if name.startswith("jenkins-")]
REPLAYED = [name for name in SAMPLES if name not in {*LATER, *SIBLINGS, *APART, *OAUTH, *CONNECT, *JENKINS}]
VARYING = {"updatedTimestamp", "details"}


async def send(client: httpx2.AsyncClient, sample: dict[str, Any], target: str, **headers: str) -> httpx2.Response:
    request = sample["request"]
    sent = {name: value for name, value in request["headers"].items() if "{" not in value and name not in headers}
    content = request["body_text"] if "body_text" in request else json.dumps(request["body"]) if "body" in request else None
    return await client.request(request["method"], target, headers={**sent, **headers}, content=content)


def assert_answers(answer: httpx2.Response, sample: dict[str, Any]) -> None:
    expected = sample["response"]
    assert answer.status_code == expected["status"], answer.text
    for name, value in expected.get("headers", {}).items():
        assert answer.headers[name] == value
    if "body_text" in expected:
        assert answer.text == expected["body_text"]
        return
    assert "null" not in answer.text
    body = answer.json()
    if "body" in expected and isinstance(body, dict):
        assert set(body) == set(expected["body"])
    wanted = expected["body"] if "body" in expected else expected["body_contains"]
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            assert name in VARYING or body[name] == value, name
        if "gatingStatus" in wanted:
            assert_details(body["details"], wanted["details"])
    else:
        assert body == wanted


def assert_details(details: list[dict[str, str]], wanted: list[dict[str, str]]) -> None:
    """Keys and links differ from ledger to ledger, so their form is compared."""
    assert len(details) == len(wanted)
    for detail in details:
        assert set(detail) == {"type", "issueKey", "issueLink"}
        assert detail["type"] == "issue"
        assert re.fullmatch(r"\w{1,255}-\d{1,255}", detail["issueKey"])
        assert detail["issueLink"].endswith(f"/gates/{detail['issueKey']}")


async def prepare(client: httpx2.AsyncClient, sample: dict[str, Any], prefix: str, **headers: str) -> None:
    """Send what the sample says must be there first, and wait until it is."""
    for name in sample.get("given", ()):
        given = SAMPLES[name]
        target = to_target(given, prefix)
        await prepare(client, given, prefix, **headers)
        own = {"Authorization": sign("POST", target, now=given["verify"]["at"])} if "verify" in given else headers
        answer = await send(client, given, target, **own)
        assert answer.status_code == 202, answer.text
        if "verify" not in given:
            for key in answer.json()["acceptedDeployments"]:
                await get_until(client, to_path(prefix, key))


def to_path(prefix: str, key: dict[str, Any]) -> str:
    pipeline, environment = (
        httpx2.URL("", params={"x": key[name]}).query.decode()[2:] for name in ("pipelineId", "environmentId")
    )
    ids = (pipeline.replace("+", "%20"), environment.replace("+", "%20"))
    return f"{prefix}/pipelines/{ids[0]}/environments/{ids[1]}/deployments/{key['deploymentSequenceNumber']}"


def to_target(sample: dict[str, Any], prefix: str) -> str:
    target: str = sample["request"]["target"]
    gateway = f"/jira/deployments/0.1/cloud/{CLOUD_OF_SAMPLES}"
    return target.replace(gateway if gateway in target else SITE, prefix)


@pytest.mark.parametrize("name", REPLAYED)
async def test_a_sample_is_answered_as_it_says_under_every_prefix(server, name):
    sample = SAMPLES[name]
    for prefix in prefixes_of(await server.organization_id()):
        async with await connect_client(server) as client:
            await prepare(client, sample, prefix)
            assert_answers(await send(client, sample, to_target(sample, prefix)), sample)


@pytest.mark.parametrize("name", CONNECT)
async def test_a_recorded_connect_request_is_answered_as_it_says(server, monkeypatch, name):
    sample = SAMPLES[name]
    await install_app(server)
    start, ticks = datetime.fromtimestamp(sample["verify"]["at"], UTC), count()
    monkeypatch.setattr(server.app.clock, "now", lambda: start + timedelta(microseconds=next(ticks)))
    async with server.client() as client:
        await prepare(client, sample, SITE)
        if sample["response"]["status"] == 200:
            while (await send(client, sample, sample["request"]["target"])).status_code == 404:
                pass
        assert_answers(await send(client, sample, sample["request"]["target"]), sample)


@pytest.mark.parametrize("name", OAUTH)
async def test_a_token_request_is_answered_as_the_sample_says(server, name):
    credential, secret = await issue_client(server)
    text = json.dumps(SAMPLES[name]).replace("{client_id}", credential.credential_id).replace("{client_secret}", secret)
    sample = json.loads(text)
    async with server.client() as client:
        answer = await send(client, sample, "/oauth/token")
    if answer.status_code == 200:
        sample["response"]["body"]["access_token"] = answer.json()["access_token"]
    assert_answers(answer, sample)


async def test_the_gateway_answers_401_in_its_own_form(server):
    sample = SAMPLES["response-401-gateway"]
    (_, target, *_) = prefixes_of(await server.organization_id())
    async with server.client() as client:
        assert_answers(await send(client, sample, f"{target}/bulk"), sample)


async def test_a_credential_without_the_permission_is_told_so_by_the_gateway(server):
    sample = SAMPLES["response-401-scope-mismatch"]
    (site, gateway, *_) = prefixes_of(await server.organization_id())
    async with await connect_client(server, Scope.READ) as client:
        assert_answers(await send(client, sample, f"{gateway}/bulk"), sample)
        assert (await send(client, sample, f"{site}/bulk")).status_code == 403


@pytest.mark.parametrize("name", ["connect-module-missing", "connect-scope-missing"])
async def test_an_app_without_the_module_or_the_scope_gets_403(server, name):
    sample = SAMPLES[name]
    if name == "connect-module-missing":
        await install_app(server, has_deployment_module=False)
    else:
        await install_app(server, Scope.READ)
    async with server.client() as client:
        target = sample["request"]["target"]
        assert_answers(await send(client, sample, target, Authorization=sign("POST", target)), sample)


async def test_501_values_are_refused_in_the_vendors_words(jira):
    values = [f"SHIP-{number}" for number in range(501)]
    refused = deployment(deploymentSequenceNumber=14, **associated("issueIdOrKeys", *values))
    answer = await jira.post(f"{SITE}/bulk", json={"deployments": [refused]})
    assert_answers(answer, SAMPLES["message-association-sum-over-500"])


async def test_the_cloud_id_is_told_to_everybody_and_is_that_of_the_credential(server, anonymous):
    answer = await anonymous.get("/_edge/tenant_info")
    assert (answer.status_code, set(answer.json())) == (200, {"cloudId"})
    credential, secret = await issue_client(server)
    assert answer.json()["cloudId"] == credential.organization_id
    assert await fetch_token(server, credential, secret)
