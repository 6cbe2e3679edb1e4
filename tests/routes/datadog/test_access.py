"""Keys, permissions, rates, paths and the form of times."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits
from tests.support.datadog import DORA, client_of, create_body, issue_keys, list_body

MINE = "build-0000000000077"


async def get(server, headers, deployment_id=MINE):
    async with client_of(server, headers) as client:
        return await client.get(f"{DORA}/deployments/{deployment_id}")


async def post(server, headers):
    async with client_of(server, headers) as client:
        return await client.post(f"{DORA}/deployment", json=create_body(id=MINE))


def assert_forbidden(response):
    assert response.status_code == 403
    assert response.json() == {"errors": ["Forbidden"]}
    assert response.headers["content-type"] == "application/vnd.api+json"
    assert int(response.headers["x-ratelimit-reset"]) >= 1


async def test_the_api_key_is_enough_to_create_and_not_to_read(place):
    keys = await issue_keys(place)
    only = {"dd-api-key": keys["DD-API-KEY"]}
    assert (await post(place, only)).status_code == 200
    assert_forbidden(await get(place, only))
    assert (await get(place, keys)).status_code == 200


async def test_anything_but_a_good_key_is_403_and_learns_nothing_of_its_body(place):
    keys = await issue_keys(place)
    opsgenie = await place.issue()
    for key in ("", "unknown", keys["DD-APPLICATION-KEY"], opsgenie):
        assert_forbidden(await post(place, {"DD-API-KEY": key}))
        assert_forbidden(
            await get(place, {**keys, "DD-APPLICATION-KEY": key})
            if key != keys["DD-APPLICATION-KEY"]
            else await get(place, {**keys, "DD-APPLICATION-KEY": keys["DD-API-KEY"]})
        )
    assert_forbidden(await post(place, {}))
    async with client_of(place, {}) as client:
        assert_forbidden(await client.post(f"{DORA}/deployment?api_key={keys['DD-API-KEY']}", content=b"{"))


async def test_both_keys_must_be_of_one_organization(place):
    ours, theirs = await issue_keys(place), await issue_keys(place, organization="rival")
    assert_forbidden(await get(place, {**ours, "DD-APPLICATION-KEY": theirs["DD-APPLICATION-KEY"]}))
    await post(place, ours)
    assert (await get(place, theirs)).status_code == 404


async def test_an_application_key_may_be_narrowed(place):
    reader = await issue_keys(place, scopes=frozenset({Scope.READ}))
    writer = await issue_keys(place, scopes=frozenset({Scope.WRITE}))
    await post(place, reader)
    async with client_of(place, reader) as client:
        assert (await client.post(f"{DORA}/deployments", json=list_body())).status_code == 200
        assert_forbidden(await client.delete(f"{DORA}/deployments/{MINE}"))
        assert_forbidden(await client.patch(f"{DORA}/deployments", json={}))
    assert_forbidden(await get(place, writer))
    async with client_of(place, writer) as client:
        assert (await client.delete(f"{DORA}/deployments/{MINE}")).status_code == 202


async def test_a_token_stands_for_both_keys_and_the_keys_decide(place):
    token = await place.issue(Scope.READ, kind="native")
    bearer = {"Authorization": f"Bearer {token}"}
    keys = await issue_keys(place)
    await post(place, keys)
    assert (await get(place, bearer)).status_code == 200
    assert_forbidden(await post(place, bearer))
    assert (await get(place, {**bearer, "DD-API-KEY": keys["DD-API-KEY"]})).status_code == 200
    assert_forbidden(await get(place, {**keys, **bearer, "DD-APPLICATION-KEY": "unknown"}))
    assert_forbidden(await get(place, {**bearer, "DD-API-KEY": "unknown"}))
    rival = {"Authorization": f"Bearer {await place.issue(kind='native', organization='rival')}"}
    assert_forbidden(await get(place, {**rival, "DD-API-KEY": keys["DD-API-KEY"]}))


async def test_every_answer_tells_the_rate(place):
    keys = await issue_keys(place)
    responses = [await post(place, keys), await get(place, keys), await get(place, {}), await get(place, keys, "unknown")]
    for response in responses:
        assert response.headers["x-ratelimit-period"] == "60"
        assert 1 <= int(response.headers["x-ratelimit-reset"]) <= 60
        assert int(response.headers["x-ratelimit-remaining"]) <= int(response.headers["x-ratelimit-limit"])
    assert [response.headers["x-ratelimit-name"] for response in responses[:2]] == ["dora_write", "dora_read"]
    assert [response.headers["x-ratelimit-limit"] for response in responses[:2]] == ["60000", "6000"]


async def test_a_key_over_its_limit_is_429(serve):
    async with serve(datadog_reads_per_minute=0, datadog_writes_per_minute=2) as server:
        keys = await issue_keys(server)
        statuses = [(await post(server, keys)).status_code for _ in range(5)]
        assert set(statuses) == {200, 429}
        refused = await post(server, keys)
        while refused.status_code == 200:
            refused = await post(server, keys)
        assert refused.json() == {"errors": ["Too many requests"]}
        assert refused.headers["Retry-After"] == refused.headers["x-ratelimit-reset"]
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert (await get(server, keys)).headers["x-ratelimit-limit"] == "60000"


async def test_writes_a_little_over_their_limit_wait_and_are_not_refused(place):
    keys = await issue_keys(place, limits=Limits(requests_per_minute=60))
    async with client_of(place, keys) as client:
        bodies = [create_body(service=f"service-{number}") for number in range(62)]
        answers = await asyncio.gather(*(client.post(f"{DORA}/deployment", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}


async def test_the_limit_of_a_credential_is_its_own(place):
    keys = await issue_keys(place, limits=Limits(requests_per_minute=77))
    assert (await post(place, keys)).headers["x-ratelimit-limit"] == "77"


@pytest.mark.parametrize(
    "agent, is_integer",
    [
        ("datadog-api-client-python/2.50.0 (python 3.11.7)", True),
        ("datadog-api-client-python/2.57.0 (python 3.11.7; os Linux; arch x86_64)", True),
        ("datadog-api-client-python/2.58.0", False),
        ("datadog-api-client-python/3.0.0", False),
        ("datadog-api-client-typescript/1.64.0", False),
        ("curl/8", False),
        ("", False),
    ],
)
async def test_the_form_of_times_is_what_the_client_reads(place, agent, is_integer):
    keys = await issue_keys(place)
    await post(place, keys)
    attributes = (await get(place, {**keys, "User-Agent": agent})).json()["data"]["attributes"]
    expected = 1_772_704_800_000_000_000 if is_integer else "2026-03-05T10:00:00Z"
    assert attributes["started_at"] == expected


async def test_the_operator_chooses_the_form_for_unknown_clients(serve):
    async with serve(datadog_time_format="int64") as server:
        keys = await issue_keys(server)
        await post(server, keys)
        assert (await get(server, keys)).json()["data"]["attributes"]["finished_at"] == 1_772_705_100_000_000_000
        newer = await get(server, {**keys, "User-Agent": "datadog-api-client-python/2.62.0"})
        assert newer.json()["data"]["attributes"]["finished_at"] == "2026-03-05T10:05:00Z"


@pytest.mark.parametrize("agent", ["datadog-api-client-python/2.50.0", "datadog-api-client-python/2.62.0", "curl/8"])
async def test_what_is_set_for_the_application_key_goes_before_what_is_known_of_the_client(place, agent):
    await post(place, await issue_keys(place))
    for form, expected in (("int64", 1_772_704_800_000_000_000), ("rfc3339", "2026-03-05T10:00:00Z")):
        keys = await issue_keys(place, time_form=form)
        attributes = (await get(place, {**keys, "User-Agent": agent})).json()["data"]["attributes"]
        assert attributes["started_at"] == expected


async def test_a_doubled_slash_and_one_at_the_end_are_read_over(place):
    keys = await issue_keys(place)
    await post(place, keys)
    async with client_of(place, keys) as client:
        assert (await client.get(f"{place.url}/{DORA}/deployments/{MINE}")).status_code == 200
        assert (await client.post(f"{DORA}/deployment/", json=create_body())).status_code == 200


async def test_other_methods_and_paths(place):
    keys = await issue_keys(place)
    async with client_of(place, keys) as client:
        wrong = await client.put(f"{DORA}/deployment")
        assert (wrong.status_code, wrong.json(), wrong.headers["Allow"]) == (405, {"errors": ["Method Not Allowed"]}, "POST")
        unknown = await client.get(f"{DORA}/deployments/a/b")
        assert (unknown.status_code, unknown.json()["errors"][0]["title"]) == (404, "Not Found")
        assert (await client.post("/api/v2/ai_impact/user_activity", json={})).status_code == 404


async def test_a_key_is_checked_by_itself(place):
    keys = await issue_keys(place)
    async with client_of(place, {"DD-API-KEY": keys["DD-API-KEY"]}) as client:
        response = await client.get("/api/v1/validate")
    assert (response.status_code, response.json(), response.headers["content-type"]) == (200, {"valid": True}, "application/json")
    async with client_of(place, {"DD-API-KEY": "unknown"}) as client:
        response = await client.get("/api/v1/validate")
    assert (response.status_code, response.json()) == (403, {"errors": ["Forbidden"]})
