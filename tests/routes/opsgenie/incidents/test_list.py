from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import pytest

from tests.support.opsgenie import changed_incident, created_incident, created_service, get_incident


def milliseconds(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


async def listed(client, query, **parameters):
    answer = await client.get("/v1/incidents/", params={"query": query, "limit": 100, **parameters})
    assert answer.status_code == 200, answer.text
    return [incident["message"] for incident in answer.json()["data"]]


@pytest.fixture(scope="module")
def shared(ledger):
    return {}


async def make_three(client, shared):
    """Three incidents of one service, made once for the module: open P1, resolved P3 and closed P5."""
    if not shared:
        service = await created_service(client, "Listed")
        ids = []
        for message, priority, tag in (
            ("Disk is full", "P1", "disk"),
            ("AND now slow", "P3", "slow"),
            ("blue \u00e4", "P5", "disk"),
        ):
            ids.append(await created_incident(client, service, message=message, priority=priority, tags=[tag]))
        await changed_incident(client, "POST", f"{ids[1]}/resolve")
        await changed_incident(client, "POST", f"{ids[2]}/close")
        shared.update(service=service, ids=ids, incidents=[await get_incident(client, one) for one in ids])
    return shared["service"], shared["incidents"]


QUERIES = [
    ("status=open", [0]),
    ("status: Resolved", [1]),
    ("status:closed", [2]),
    ("priority = p1", [0]),
    ("tag:disk", [2, 0]),
    ("tag:disk AND priority:P1", [0]),
    ('message: "disk IS"', [0]),
    ("message:is full", [0]),
    ('message:"AND now" AND status:resolved', [1]),
    ("message: (disk OR slow) AND\n \tNOT status:closed", [1, 0]),
    ("message: sl* OR tag: disk AND priority: (P4 OR P5)", [2, 1]),
    ('NOT (status:open OR message:"is full")', [2, 1]),
    ("services: list* AND tinyId < {tiny2}", [1, 0]),
    ("services: LISTED AND id: ({id0} OR {id2})", [2, 0]),
    ("impactEndDate >= {at0} AND status: resolved", [1]),
    ("tinyId:{tiny0}", [0]),
    ("createdAt:{at1}", [1]),
    ("createdAt = {ms1}", [1]),
    ("createdAt > {at0}", [2, 1]),
    ("createdAt>={ms0} AND createdAt<{at2}", [1, 0]),
    ("createdAt <= {at1}", [1, 0]),
    ("updatedAt > 2020-01-01T00:00:00Z AND updatedAt<=4102444800000", [2, 1, 0]),
    ("updatedAt > 2020-01-01T00:00:00+02:00", [2, 1, 0]),
]


@pytest.mark.parametrize("query, places", QUERIES)
async def test_a_query_finds_what_it_says(client, shared, query, places):
    service, incidents = await make_three(client, shared)
    values = {f"at{place}": incident["createdAt"] for place, incident in enumerate(incidents)}
    values |= {f"ms{place}": milliseconds(incident["createdAt"]) for place, incident in enumerate(incidents)}
    values |= {
        f"{name}{place}": one[key] for place, one in enumerate(incidents) for name, key in (("tiny", "tinyId"), ("id", "id"))
    }
    text = f"impactedServices:{service} AND {query.format(**values)}"
    assert await listed(client, text) == [incidents[place]["message"] for place in places]


async def test_nothing_found_is_an_empty_list(client, shared):
    await make_three(client, shared)
    for query in ("serviceId:695bce3d-4621-4630-8ae1-24eb89c22d6e", "tinyId:nine", "createdAt<5", "message:nobody wrote this"):
        answer = await client.get("/v1/incidents", params={"query": query})
        assert (answer.status_code, answer.json()["data"], answer.json()["totalCount"]) == (200, [], 0)


SORTS = {
    "createdAt": [0, 1, 2],
    "tinyId": [0, 1, 2],
    "message": [1, 2, 0],
    "status": [2, 0, 1],
    "isSeen": [0, 1, 2],
    "owner": [0, 1, 2],
    "insertedAt": [0, 1, 2],
    "updatedAt": [0, 1, 2],
    "priority": [0, 1, 2],
    "postmortemStatus": [0, 1, 2],
}


@pytest.mark.both_stores
@pytest.mark.parametrize("sort, places", SORTS.items())
async def test_lists_are_sorted(client, shared, sort, places):
    service, incidents = await make_three(client, shared)
    expected = [incidents[place]["message"] for place in places]
    assert await listed(client, f"serviceId:{service}", sort=sort, order="asc") == expected
    assert await listed(client, f"serviceId:{service}", sort=sort) == expected[::-1]


async def test_pages_are_linked_with_the_offset_third(client, shared):
    service, incidents = await make_three(client, shared)
    query = f"impactedServices: {service}"
    answer = await client.get("/v1/incidents", params={"query": query, "limit": 2})
    body = answer.json()
    base = str(client.base_url).rstrip("/")
    rest = f"&order=desc&query={quote(query, safe='')}"
    assert body["totalCount"] == 3
    assert body["paging"] == {
        "first": f"{base}/v1/incidents?limit=2&sort=createdAt&offset=0{rest}",
        "next": f"{base}/v1/incidents?limit=2&sort=createdAt&offset=2{rest}",
        "last": f"{base}/v1/incidents?limit=2&sort=createdAt&offset=2{rest}",
    }
    assert answer.headers["X-Paging-Next"] == body["paging"]["next"]
    second = (await client.get(body["paging"]["next"])).json()
    assert [one["id"] for one in body["data"] + second["data"]] == [one["id"] for one in incidents[::-1]]
    assert "next" not in second["paging"]
    assert second["paging"]["prev"].split("&")[2] == "offset=0"
    assert (await client.get("/v1/incidents", params={"offset": 999})).json()["data"] == []


async def test_without_a_query_all_are_listed_twenty_at_a_time(client, shared):
    await make_three(client, shared)
    body = (await client.get("/v1/incidents/?query=")).json()
    assert body["totalCount"] >= 3
    assert "limit=20&" in body["paging"]["first"]
    assert "query" not in (await client.get("/v1/incidents?foo=1")).json()["paging"]["first"]


async def test_a_query_that_cannot_be_read_says_what_it_should_be(client):
    answer = await client.get("/v1/incidents", params={"query": "status: (open OR done)", "limit": 0})
    assert answer.status_code == 422
    assert answer.json()["message"] == "Request parameters are not processable. Please check the errors."
    errors = answer.json()["errors"]
    assert errors == {"query": "status should be one of [ open, resolved, closed ]", "limit": "should be between 1 and 100"}


@pytest.mark.both_stores
async def test_an_incident_is_found_by_what_its_service_is_called_now(client):
    service = await created_service(client, "Called before")
    incident_id = await created_incident(client, service, message="By name")
    await client.patch(f"/v1/services/{service}", json={"name": "Called now"})
    for name in ("Called before", "called now", "called*"):
        answer = await client.get("/v1/incidents", params={"query": f"services: {name}"})
        assert [one["id"] for one in answer.json()["data"]] == [incident_id], name


@pytest.mark.parametrize("name, value", [("limit", "0"), ("limit", "101"), ("offset", "-1"), ("sort", "tags"), ("order", "up")])
async def test_a_wrong_parameter_is_named(client, name, value):
    answer = await client.get("/v1/incidents", params={name: value})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {name}


async def test_a_link_that_is_too_long_for_a_header_is_in_the_body_alone(client):
    query = "tag:a AND " * 80 + "tag:a"
    answer = await client.get("/v1/incidents", params={"query": query})
    assert answer.json()["paging"]["first"].endswith(f"&query={quote(query, safe='')}")
    assert not [name for name in answer.headers if name.startswith("x-paging")]


@pytest.mark.both_stores
async def test_times_at_the_end_of_the_calendar_are_compared(client):
    for query in ("createdAt<=9999-12-31T23:59:59.999Z", "createdAt:253402300799999"):
        assert (await client.get("/v1/incidents", params={"query": query})).status_code == 200
