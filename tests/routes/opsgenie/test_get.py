from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.support.opsgenie import created, get

PATH = "/v2/deployments"
UUID = "4d1cd861-99be-5708-9925-e4e153365098"


async def test_without_a_type_only_the_deployment_id_is_compared(opsgenie):
    await created(opsgenie)
    answer = await opsgenie.get(f"{PATH}/build-77")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Deployment does not exist. To find it by its external id, add ?type=api."
    assert "X-Opsgenie-Errortype" not in answer.headers


async def test_the_hint_is_left_out_when_a_type_was_given(opsgenie):
    answer = await opsgenie.get(f"{PATH}/build-78?type=api")
    assert answer.json()["message"] == "Deployment does not exist"


async def test_type_api_does_not_find_by_the_id_when_an_external_id_was_given(opsgenie):
    deployment_id = await created(opsgenie)
    assert (await opsgenie.get(f"{PATH}/{deployment_id}?type=api")).status_code == 404


async def test_type_pipelines_never_finds_a_deployment_of_the_api(opsgenie):
    await created(opsgenie, externalId=UUID)
    assert (await opsgenie.get(f"{PATH}/{UUID}?type=pipelines")).status_code == 404


@pytest.mark.parametrize("written", [UUID, UUID.upper(), f"{{{UUID}}}", quote(f"{{{UUID}}}")])
async def test_an_external_id_that_is_a_uuid_is_found_however_it_is_written(opsgenie, written):
    deployment_id = await created(opsgenie, externalId=f"{{{UUID}}}")
    data = await get(opsgenie, written, type="api")
    assert data["id"] == deployment_id
    assert data["externalId"] == f"{{{UUID}}}"


async def test_the_deployment_id_may_have_braces_and_capitals(opsgenie):
    deployment_id = await created(opsgenie)
    assert (await get(opsgenie, f"%7B{deployment_id.upper()}%7D"))["id"] == deployment_id
    assert (await get(opsgenie, deployment_id, type="id"))["id"] == deployment_id


@pytest.mark.parametrize("external_id", ["job/shop/77", "100%", "a b", "ä", "search", "requests", "%2F", "?x=1", "a+b"])
async def test_an_external_id_is_decoded_exactly_once(opsgenie, external_id):
    deployment_id = await created(opsgenie, externalId=external_id)
    if external_id == "search":
        assert (await opsgenie.get(f"{PATH}/search?type=api")).status_code == 422
        return
    assert (await get(opsgenie, quote(external_id, safe=""), type="api"))["id"] == deployment_id


async def test_both_names_of_the_type_are_read_and_type_wins(opsgenie):
    await created(opsgenie)
    assert (await opsgenie.get(f"{PATH}/build-77?identifierType=api")).status_code == 200
    assert (await opsgenie.get(f"{PATH}/build-77?identifierType=id&type=api")).status_code == 200
    assert (await opsgenie.get(f"{PATH}/build-77?identifierType=api&type=id")).status_code == 404


async def test_an_unknown_type_is_refused_under_the_name_that_was_used(opsgenie):
    for name in ("type", "identifierType"):
        for word in ("jenkins", "API"):
            answer = await opsgenie.get(f"{PATH}/build-77?{name}={word}")
            assert answer.status_code == 422
            assert answer.json()["message"] == "Request parameters are not processable. Please check the errors."
            assert answer.json()["errors"] == {name: "should be one of [ id, api, pipelines ]"}


@pytest.mark.parametrize("identifier", ["%00", "%FF", "%ED%A0%80", "x" * 5_000, "..%2F..%2Fetc", "'%20OR%201=1"])
async def test_an_identifier_that_can_name_nothing_is_not_found(opsgenie, identifier):
    for query in ("", "?type=api", "?type=pipelines"):
        assert (await opsgenie.get(f"{PATH}/{identifier}{query}")).status_code == 404


async def test_a_trailing_slash_and_head_and_a_content_type_change_nothing(opsgenie):
    deployment_id = await created(opsgenie)
    assert (await opsgenie.get(f"{PATH}/{deployment_id}/", headers={"Content-Type": "text/plain"})).status_code == 200
    answer = await opsgenie.head(f"{PATH}/{deployment_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


async def test_another_organization_sees_nothing(server, opsgenie):
    deployment_id = await created(opsgenie)
    async with server.client(await server.issue(organization="charlie")) as charlie:
        assert (await charlie.get(f"{PATH}/{deployment_id}")).status_code == 404
        assert (await charlie.get(f"{PATH}/build-77?type=api")).status_code == 404
