from __future__ import annotations

import pytest

from tests.support.opsgenie import created

SEARCH = "/v2/deployments/search?serviceIds=a"


@pytest.mark.parametrize(
    "plain, empty",
    [
        (SEARCH, f"{SEARCH}&environmentIds=&startTime=&endTime=%20&limit=&paginationKey="),
        ("/v1/services", "/v1/services?limit=&offset=&sort=&order="),
        ("/v1/incidents", "/v1/incidents?limit=&offset=&sort=&order=&query="),
        ("/v1/incidents/unknown", "/v1/incidents/unknown?identifierType="),
        ("/v1/incidents/unknown/notes", "/v1/incidents/unknown/notes?identifierType=&order=&limit="),
    ],
)
async def test_an_empty_parameter_means_its_default(opsgenie, plain, empty):
    first, second = await opsgenie.get(plain), await opsgenie.get(empty)
    ours = {"took": None, "requestId": None}
    assert (first.status_code, {**first.json(), **ours}) == (second.status_code, {**second.json(), **ours})


async def test_an_empty_type_of_an_identifier_means_its_default(opsgenie):
    deployment_id = await created(opsgenie)
    for query in ("type=", "identifierType=", "type=&identifierType=", "type=&identifierType=id"):
        path = f"/v2/deployments/{deployment_id}"
        assert (await opsgenie.get(f"{path}?{query}")).status_code == 200
        changed = await opsgenie.patch(f"{path}/update?{query}", json={"message": "again"})
        assert changed.status_code == 202, query
    named = await opsgenie.get("/v2/deployments/build-77?type=&identifierType=api")
    assert named.status_code == 200


async def test_an_empty_parameter_that_is_needed_is_missing(opsgenie):
    answer = await opsgenie.get("/v2/deployments/search?serviceIds=&limit=")
    assert answer.json()["errors"] == {"serviceIds": "should be provided"}
    answer = await opsgenie.delete("/v1/incidents/any/tags?tags=&note=")
    assert answer.json()["errors"] == {"tags": "should be provided"}
