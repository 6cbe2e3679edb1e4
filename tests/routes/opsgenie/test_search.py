from __future__ import annotations

import pytest

from tests.support.opsgenie import created, release
from tests.support.services import TESTER

PATH = "/v2/deployments/search"


@pytest.fixture
async def services(server, opsgenie):
    """Two services, with the repositories acme/shop and acme/payments."""
    made = {}
    for name in ("shop", "payments"):
        made[name] = (await opsgenie.post("/v1/services", json={"name": name})).json()["data"]["id"]
        await server.app.directory.map_repository(await server.organization_id(), made[name], f"acme/{name}", by=TESTER)
    return made


async def search(client, **parameters):
    answer = await client.get(PATH, params=parameters)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"data", "took", "requestId"}
    return answer.json()["data"]


async def ids(client, **parameters):
    return [row["id"] for row in await search(client, **parameters)]


@pytest.mark.both_stores
async def test_a_deployment_of_two_services_appears_once(opsgenie, services):
    both = await created(opsgenie, releases=[release(), release(repository="Payments", workspace="ACME")])
    for given in (",".join(services.values()), list(services.values()), services["shop"], services["payments"]):
        assert await ids(opsgenie, serviceIds=given) == [both]


async def test_what_belongs_to_no_service_or_another_is_not_found(opsgenie, services):
    await created(opsgenie, releases=[release(repository="other")])
    await created(opsgenie, releases=[release(repository="payments")])
    assert await ids(opsgenie, serviceIds=services["shop"]) == []
    assert await ids(opsgenie, serviceIds="unknown,00000000-0000-4000-8000-000000000000") == []


async def test_rows_have_the_keys_of_create_and_no_releases(opsgenie, services):
    await created(opsgenie)
    (row,) = await search(opsgenie, serviceIds=services["shop"])
    assert row["environment"] == {"type": "Production", "id": "prod", "displayName": "Production"}
    assert "releases" not in row


async def test_a_mapping_made_later_finds_what_was_recorded_before(place, opsgenie):
    deployment_id = await created(opsgenie)
    service_id = (await opsgenie.post("/v1/services", json={"name": "late"})).json()["data"]["id"]
    assert await ids(opsgenie, serviceIds=service_id) == []
    await place.app.directory.map_repository(
        await place.organization_id(), service_id, "https://bitbucket.org/Acme/Shop.git", by=TESTER
    )
    assert await ids(opsgenie, serviceIds=service_id) == [deployment_id]


@pytest.mark.both_stores
async def test_environments_are_filtered_and_uuids_found_in_every_spelling(opsgenie, services):
    uuid = "598f7ddd-21c3-4064-a569-4dac1b8b0280"
    one = await created(opsgenie, environment={"type": "Production", "id": f"{{{uuid}}}"})
    other = await created(opsgenie, environment={"type": "Staging", "id": "stage"})
    found = {name: await ids(opsgenie, serviceIds=services["shop"], environmentIds=name) for name in (uuid, "stage", "x")}
    assert found == {uuid: [one], "stage": [other], "x": []}
    assert await ids(opsgenie, serviceIds=services["shop"], environmentIds=f"{uuid.upper()},stage") == sorted([one, other])


@pytest.mark.both_stores
async def test_the_window_is_inclusive_and_a_running_deployment_ends_when_it_starts(opsgenie, services):
    running = await created(opsgenie, externalId="r", startedAt="2026-03-04T09:40:00Z")
    ended = await created(
        opsgenie, externalId="e", state="successful", startedAt="2026-03-04T09:30:00Z", completedAt="2026-03-04T09:50:00Z"
    )
    shop = services["shop"]
    assert await ids(opsgenie, serviceIds=shop) == [running, ended]
    assert await ids(opsgenie, serviceIds=shop, startTime="2026-03-04T09:40:00Z") == [running]
    assert await ids(opsgenie, serviceIds=shop, endTime="2026-03-04T09:40:00Z") == [running]
    assert await ids(opsgenie, serviceIds=shop, endTime="2026-03-04T09:50:00Z") == [running, ended]
    assert await ids(opsgenie, serviceIds=shop, endTime="2026-03-04T09:39:59.999Z") == []


async def test_a_plus_that_was_not_encoded_is_read_as_one(opsgenie, services):
    deployment_id = await created(opsgenie, startedAt="2026-03-04T09:40:00Z")
    answer = await opsgenie.get(f"{PATH}?serviceIds={services['shop']}&startTime=2026-03-04T10:40:00.000+01:00")
    assert [row["id"] for row in answer.json()["data"]] == [deployment_id]


@pytest.mark.both_stores
async def test_paging_gives_each_result_once_newest_first(opsgenie, services):
    made = [await created(opsgenie, externalId=f"b{n}", startedAt=f"2026-03-04T09:{n:02}:00Z") for n in range(7)]
    pages = [await ids(opsgenie, serviceIds=services["shop"], limit=3, paginationKey=start) for start in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [found for page in pages for found in page] == made[::-1]


@pytest.mark.parametrize(
    "query, errors",
    [
        ("", {"serviceIds": "should be provided"}),
        ("serviceIds=", {"serviceIds": "should be provided"}),
        ("serviceIds=,%20,", {"serviceIds": "should be provided"}),
        ("serviceIds=a&limit=0", {"limit": "should be between 1 and 100"}),
        ("serviceIds=a&limit=101", {"limit": "should be between 1 and 100"}),
        ("serviceIds=a&limit=ten", {"limit": "should be between 1 and 100"}),
        ("serviceIds=a&limit=" + "9" * 5000, {"limit": "should be between 1 and 100"}),
        ("serviceIds=a&paginationKey=-1", {"paginationKey": "should be between 0 and 2147483647"}),
        ("serviceIds=a&paginationKey=1.5", {"paginationKey": "should be between 0 and 2147483647"}),
        ("serviceIds=a%00", {"serviceIds": "should not contain the character U+0000"}),
        (
            "startTime=soon&endTime=1&limit=x",
            {
                "serviceIds": "should be provided",
                "startTime": "should be a date and time such as 2020-03-26T14:05:07.594Z",
                "endTime": "should be a date and time such as 2020-03-26T14:05:07.594Z",
                "limit": "should be between 1 and 100",
            },
        ),
    ],
)
async def test_every_wrong_parameter_is_named(opsgenie, query, errors):
    answer = await opsgenie.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json()["message"] == "Request parameters are not processable. Please check the errors."
    assert answer.json()["errors"] == errors


async def test_the_services_of_another_organization_find_nothing(place, opsgenie, services):
    await created(opsgenie)
    async with place.client(await place.issue(organization="charlie")) as charlie:
        assert await ids(charlie, serviceIds=services["shop"]) == []
