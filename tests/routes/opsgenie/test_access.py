from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits
from tests.support.opsgenie import create_body

CALLS = [
    ("POST", "/v2/deployments", Scope.WRITE),
    ("GET", "/v2/deployments/x", Scope.READ),
    ("GET", "/v2/deployments/search?serviceIds=x", Scope.READ),
    ("GET", "/v2/deployments/requests/x", Scope.READ),
    ("PATCH", "/v2/deployments/x/updateState", Scope.WRITE),
    ("PUT", "/v2/deployments/x/updateState", Scope.WRITE),
    ("PATCH", "/v2/deployments/x/update", Scope.WRITE),
    ("GET", "/v1/services", Scope.READ),
    ("GET", "/v1/services/x", Scope.READ),
    ("POST", "/v1/services", Scope.CONFIGURATION),
    ("PATCH", "/v1/services/x", Scope.CONFIGURATION),
    ("DELETE", "/v1/services/x", Scope.CONFIGURATION),
]


@pytest.mark.parametrize("method, path, scope", CALLS)
async def test_a_call_without_a_good_key_is_a_401(anonymous, place, method, path, scope):
    key = await place.issue()
    for header in ("", "GenieKey", "GenieKey unknown", f"Bearer {key}", f"Basic {key}", key, f"GenieKey {key}x"):
        answer = await anonymous.request(method, path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json()["message"] == "Could not authenticate"
    assert (await anonymous.request(method, path)).status_code == 401
    assert (await anonymous.request(method, path, params={"apiKey": key})).status_code == 401


@pytest.mark.parametrize("method, path, scope", CALLS)
async def test_a_key_of_another_kind_is_a_403(place, method, path, scope):
    async with place.client(await place.issue(kind="native")) as client:
        answer = await client.request(method, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == 40301
    assert answer.json()["message"] == "To perform this action, use an API key from an API integration."


@pytest.mark.parametrize("method, path, scope", CALLS)
async def test_a_key_without_the_right_is_told_which_it_needs(place, method, path, scope):
    others = set(Scope) - {scope}
    async with place.client(await place.issue(*others)) as client:
        answer = await client.request(method, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == 40301
    assert f"'{scope}'" in answer.json()["message"]
    async with place.client(await place.issue(scope)) as client:
        assert (await client.request(method, path)).status_code not in {401, 403}


async def test_the_scheme_is_compared_without_case(anonymous, place):
    key = await place.issue()
    for scheme in ("geniekey", "GENIEKEY", "GenieKey "):
        answer = await anonymous.get("/v1/services", headers={"Authorization": f"{scheme} {key}"})
        assert answer.status_code == 200


async def test_a_key_that_calls_too_often_is_throttled(place):
    async with place.client(await place.issue(limits=Limits(requests_per_minute=2))) as client:
        statuses = [(await client.post("/v2/deployments", json=create_body())).status_code for _ in range(3)]
        answer = await client.get("/v1/services")
    assert statuses == [202, 202, 429]
    assert answer.status_code == 429
    assert answer.json()["message"] == "You are making too many requests!"
    assert answer.headers["X-RateLimit-State"] == "THROTTLED"
    assert answer.headers["X-RateLimit-Reason"] == "ACCOUNT"
    assert answer.headers["X-RateLimit-Period-In-Sec"] == "60"
    assert int(answer.headers["Retry-After"]) >= 1
