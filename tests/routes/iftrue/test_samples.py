"""Every sample of the contract, sent through the front door or compared with what we answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits
from shipledger.access.tokens import Claims, TokenKeys, TokenRefused, read_token
from tests.support.iftrue import TARGET, client_of, issue_token, report

FOLDER = Path(__file__).resolve().parents[2] / "contract" / "iftrue"
SAMPLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CREATES = [name for name, sample in SAMPLES.items() if name.startswith("create-") and "request" in sample]
VECTORS = SAMPLES["jwt-vectors"]


async def send(client, sample):
    request = sample["request"]
    content = request.get("body_text") or json.dumps(request["body"])
    headers = {name: value for name, value in request["headers"].items() if name != "Authorization"}
    return await client.request(request["method"], request["target"], content=content, headers=headers)


def assert_answers(response, expected):
    assert response.status_code == expected["status"]
    for name, value in expected.get("headers", {}).items():
        assert response.headers[name] == value
    if "body" in expected:
        assert response.json() == expected["body"]
    for name, value in expected.get("body_contains", {}).items():
        assert response.json()[name] == value
    assert response.headers["X-Request-Id"]


@pytest.mark.parametrize("name", CREATES)
async def test_a_documented_request_is_answered_as_its_sample_says(iftrue, name):
    sample = SAMPLES[name]
    assert_answers(await send(iftrue, sample), sample.get("response", {"status": 201}))


@pytest.mark.both_stores
async def test_the_answer_has_the_documented_members_and_the_two_of_the_field_table(iftrue):
    response = await send(iftrue, SAMPLES["create-request"])
    documented = set(SAMPLES["create-response"]["response"]["body"])
    assert set(response.json()) == documented | {"created_at", "updated_at"}
    assert response.json()["deployment_duration"] == 73200


async def test_no_token_is_answered_as_the_sample_says(server):
    async with client_of(server, None) as client:
        assert_answers(await send(client, SAMPLES["error-401"]), SAMPLES["error-401"]["response"])


async def test_a_token_without_the_right_is_answered_as_the_sample_says(server):
    _, token = await issue_token(server, scopes=frozenset({Scope.READ}))
    async with client_of(server, token) as client:
        assert_answers(await client.post(TARGET, json=report()), SAMPLES["error-403"]["response"])


async def test_a_throttled_token_is_answered_as_the_sample_says(server):
    _, token = await issue_token(server, limits=Limits(requests_per_minute=6))
    async with client_of(server, token) as client:
        for _ in range(6):
            assert (await client.post(TARGET, json=report())).status_code in (200, 201)
        assert_answers(await client.post(TARGET, json=report()), SAMPLES["error-429"]["response"])


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"].replace(" ", "-").replace(",", ""))
async def test_a_token_is_accepted_or_refused_as_the_vectors_say(server, vector):
    verify = VECTORS["verify"]
    keys = TokenKeys(current=verify["secret"].encode())
    at = datetime.fromtimestamp(verify["at"], UTC)
    if vector["accept"]:
        assert read_token(keys, vector["token"], at) == Claims(verify["known_org"], verify["known_sub"])
    else:
        with pytest.raises(TokenRefused):
            read_token(keys, vector["token"], at)
    async with client_of(server, vector["token"]) as client:
        response = await client.post(TARGET, json=report())
    assert_answers(response, SAMPLES["error-401"]["response"])
