from __future__ import annotations

import pytest

from tests.support.opsgenie import created, get
from tests.support.services import TESTER

PATH = "/v1/services"


async def make(client, **body):
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


async def test_a_service_is_readable_at_once_with_every_member(opsgenie):
    body = {"name": "Shop", "description": "d", "teamId": "t", "tags": ["a", "b"], "visibility": "OPSGENIE_USERS"}
    answer = await opsgenie.post(PATH, json=body)
    made = answer.json()
    assert made["result"] == "Created"
    assert made["data"] == {"id": made["data"]["id"], "name": "Shop"}
    read = (await opsgenie.get(f"{PATH}/{made['data']['id']}")).json()["data"]
    assert {name: read[name] for name in body} == body
    assert read["isExternal"] is False
    assert read["links"]["api"] == f"{str(opsgenie.base_url).rstrip('/')}{PATH}/{made['data']['id']}"


async def test_what_was_left_out_is_empty_and_there(opsgenie):
    service_id = await make(opsgenie, name="Shop", description=None, tags=None)
    read = (await opsgenie.get(f"{PATH}/{service_id}")).json()["data"]
    assert (read["description"], read["teamId"], read["tags"]) == ("", "", [])
    assert read["visibility"] == "TEAM_MEMBERS"


async def test_a_name_that_is_taken_is_a_conflict(opsgenie):
    await make(opsgenie, name="Shop")
    other = await make(opsgenie, name="Payments")
    assert (await opsgenie.post(PATH, json={"name": "Shop"})).status_code == 409
    answer = await opsgenie.patch(f"{PATH}/{other}", json={"name": "Shop"})
    assert answer.status_code == 409
    assert answer.json()["message"] == "A service with this name exists; choose another name."


async def test_an_update_changes_what_it_names(opsgenie):
    service_id = await make(opsgenie, name="Shop", description="d", tags=["a"])
    answer = await opsgenie.patch(f"{PATH}/{service_id}", json={"name": "Store", "tags": []})
    assert answer.status_code == 200
    assert answer.json()["result"] == "Updated"
    assert answer.json()["data"] == {"id": service_id, "name": "Store"}
    read = (await opsgenie.get(f"{PATH}/{service_id}")).json()["data"]
    assert (read["name"], read["description"], read["tags"]) == ("Store", "d", [])
    assert (await opsgenie.patch(f"{PATH}/{service_id}", json={})).json()["data"]["name"] == "Store"


async def test_a_deleted_service_is_gone_and_its_deployments_are_not(server, opsgenie):
    service_id = await make(opsgenie, name="Shop")
    await server.app.directory.map_repository(await server.organization_id(), service_id, "acme/shop", by=TESTER)
    deployment_id = await created(opsgenie)
    answer = await opsgenie.delete(f"{PATH}/{service_id}")
    assert answer.status_code == 200
    assert answer.json()["result"] == "Deleted"
    assert (await opsgenie.get(f"{PATH}/{service_id}")).status_code == 404
    assert (await opsgenie.delete(f"{PATH}/{service_id}")).status_code == 404
    assert (await get(opsgenie, deployment_id))["id"] == deployment_id


@pytest.mark.parametrize("service_id", ["x", "%00", "00000000-0000-4000-8000-000000000000"])
async def test_an_unknown_service_is_not_found_by_any_method(opsgenie, service_id):
    for method in ("GET", "PATCH", "DELETE"):
        answer = await opsgenie.request(method, f"{PATH}/{service_id}", json={"name": "n"} if method == "PATCH" else None)
        assert answer.status_code == 404
        assert answer.json()["message"] == "Service does not exist"


async def test_a_client_that_follows_next_reads_every_service_once(opsgenie):
    names = [f"service {number}" for number in range(5)]
    for name in names:
        await make(opsgenie, name=name)
    link, found = f"{PATH}?limit=2&page=9", []
    while link:
        answer = await opsgenie.get(link)
        body = answer.json()
        assert body["totalCount"] == 5
        found += [service["name"] for service in body["data"]]
        link = body["paging"].get("next")
        assert answer.headers.get("X-Paging-Next") == link
        if link:
            assert link.split("&")[2].startswith("offset=")
    assert found == names


async def test_the_links_of_a_page_in_the_middle_and_of_the_last(opsgenie):
    for number in range(5):
        await make(opsgenie, name=f"service {number}")
    middle = (await opsgenie.get(f"{PATH}?limit=2&offset=2")).json()["paging"]
    assert {name: link.partition("?")[2] for name, link in middle.items()} == {
        "first": "limit=2&order=asc&offset=0",
        "prev": "limit=2&order=asc&offset=0",
        "next": "limit=2&order=asc&offset=4",
        "last": "limit=2&order=asc&offset=4",
    }
    last = (await opsgenie.get(f"{PATH}?limit=2&offset=4")).json()["paging"]
    assert set(last) == {"first", "prev", "last"}


async def test_nothing_found_is_an_empty_list(opsgenie):
    body = (await opsgenie.get(PATH)).json()
    assert (body["data"], body["totalCount"]) == ([], 0)
    assert set(body["paging"]) == {"first", "last"}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=x"])
async def test_a_wrong_page_is_refused(opsgenie, query):
    answer = await opsgenie.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {query.partition("=")[0]}


async def test_links_use_the_host_of_the_request_whatever_it_is(opsgenie):
    for host in ("ledger.test", "[", "a b"):
        answer = await opsgenie.get("/v1/services", headers={"Host": host})
        assert answer.json()["paging"]["first"] == f"http://{host}/v1/services?limit=20&order=asc&offset=0"


async def test_links_begin_with_the_public_url_when_there_is_one(serve):
    async with serve(public_url="https://ship.example.com/") as server, server.client(await server.issue()) as client:
        body = (await client.get(PATH)).json()
    assert body["paging"]["first"] == "https://ship.example.com/v1/services?limit=20&order=asc&offset=0"


async def test_another_organization_sees_no_service_and_may_use_the_name(server, opsgenie):
    service_id = await make(opsgenie, name="Shop")
    async with server.client(await server.issue(organization="charlie")) as charlie:
        assert (await charlie.get(f"{PATH}/{service_id}")).status_code == 404
        assert (await charlie.get(PATH)).json()["totalCount"] == 0
        await make(charlie, name="Shop")
