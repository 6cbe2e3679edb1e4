"""Patch by id, patch by version, and delete."""

from __future__ import annotations

import pytest

from shipledger.ledger.submission import Remediation, Target
from tests.support.datadog import DORA, STARTED, client_of, create_body, issue_keys, list_body, patch_body
from tests.support.iftrue import client_of as iftrue_client_of
from tests.support.iftrue import issue_token, report

MINE, OTHER = "build-0000000000077", "build-0000000000078"


async def create(client, **changes):
    return (await client.post(f"{DORA}/deployment", json=create_body(**changes))).json()["data"]["id"]


async def find(server, given_id):
    return await server.app.store.find_deployment(await server.organization_id(), Target(scope="datadog:id", key=given_id))


@pytest.mark.parametrize("word", ["deployment", "deployments"])
async def test_a_patch_marks_a_deployment(place, datadog, word):
    await create(datadog, id=MINE)
    body = patch_body(MINE, change_failure=True, remediation={"id": "eG42zNIkVjM", "type": "rollback"})
    response = await datadog.patch(f"{DORA}/{word}/{MINE}", json=body)
    assert (response.status_code, response.json()) == (202, {"data": None})
    facts = (await find(place, MINE)).facts
    assert facts.is_change_failure is True
    assert facts.remediation == Remediation(kind="rollback", id="eG42zNIkVjM", scope="datadog:id")


async def test_the_last_mark_counts_and_good_by_hand_takes_the_remediation_away(place, datadog):
    await create(datadog, id=MINE)
    for mark, remediation in ((True, {"version": "v1", "type": "rollforward"}), (False, None), (None, None)):
        said = {"change_failure": mark} | ({"remediation": remediation} if remediation else {})
        assert (await datadog.patch(f"{DORA}/deployments/{MINE}", json=patch_body(MINE, **said))).status_code == 202
        facts = (await find(place, MINE)).facts
        assert facts.is_change_failure is mark
        assert (facts.remediation is not None) is (mark is True)


async def test_nothing_remedies_itself_by_whichever_of_its_names(place, datadog):
    await create(datadog, id=MINE, env="prod", version="v7")
    ours = (await find(place, MINE)).deployment_id
    for name in ({"id": MINE}, {"id": ours}, {"version": "V7"}):
        said = {"change_failure": True, "remediation": {"type": "rollback", **name}}
        by_id = await datadog.patch(f"{DORA}/deployments/{MINE}", json=patch_body(MINE, **said))
        place = {"service": "checkout", "env": "prod", "version": "v7"}
        by_version = await datadog.patch(f"{DORA}/deployments", json=patch_body(**place, **said))
        for answer in (by_id, by_version):
            assert answer.status_code == 400
            assert "must name another deployment" in answer.json()["errors"][0]["detail"]


async def test_a_remediation_alone_makes_no_failure(place, datadog):
    await create(datadog, id=MINE)
    body = patch_body(MINE, remediation={"id": "other", "type": "rollback"})
    assert (await datadog.patch(f"{DORA}/deployments/{MINE}", json=body)).status_code == 202
    facts = (await find(place, MINE)).facts
    assert facts.remediation.id == "other"
    assert not facts.is_change_failure


async def test_an_empty_patch_changes_nothing(datadog):
    await create(datadog, id=MINE)
    assert (await datadog.patch(f"{DORA}/deployments/{MINE}", json=patch_body(MINE))).status_code == 202


@pytest.mark.parametrize(
    "body, pointer",
    [
        (patch_body("other", change_failure=True), "/data/id"),
        (patch_body(None, change_failure=True), "/data/id"),
        ({"data": {"type": "dora_deployment_patch_request", "id": MINE}}, "/data/attributes"),
        (patch_body(MINE, change_failure="yes"), "/data/attributes/change_failure"),
        (patch_body(MINE, remediation=[]), "/data/attributes/remediation"),
        (patch_body(MINE, remediation={"type": "rollback"}), "/data/attributes/remediation/id"),
        (patch_body(MINE, remediation={"type": "rollback", "id": "a", "version": "b"}), "/data/attributes/remediation/id"),
        (patch_body(MINE, remediation={"id": "a"}), "/data/attributes/remediation/type"),
        (patch_body(MINE, remediation={"type": "rollback", "id": MINE}), "/data/attributes/remediation"),
        (patch_body(MINE, remediation={"type": "rollback", "version": "V1"}), "/data/attributes/remediation"),
        (
            patch_body(MINE, change_failure=False, remediation={"type": "rollback", "id": "a"}),
            "/data/attributes/remediation",
        ),
    ],
)
async def test_a_wrong_patch_is_400_and_names_the_member(datadog, body, pointer):
    await create(datadog, id=MINE, version="v1")
    response = await datadog.patch(f"{DORA}/deployments/{MINE}", json=body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"]["pointer"] == pointer


async def test_a_patch_of_another_type_is_refused_in_the_words_of_lists(datadog):
    response = await datadog.patch(f"{DORA}/deployments/{MINE}", json={"data": {"id": MINE, "attributes": {}}})
    assert response.json()["errors"][0]["detail"] == 'got type "" expected one of "dora_deployment_patch_request"'


async def test_what_is_not_there_cannot_be_patched(datadog):
    response = await datadog.patch(f"{DORA}/deployments/{MINE}", json=patch_body(MINE, change_failure=True))
    assert (response.status_code, response.json()["errors"][0]["title"]) == (404, "Not Found")
    body = patch_body(service="checkout", env="prod", version="v1", change_failure=True)
    assert (await datadog.patch(f"{DORA}/deployments", json=body)).status_code == 404


async def test_a_patch_by_version_changes_the_most_recently_finished_one(place, datadog):
    rows = {"a": 500, "b": 900, "c": 700}
    for name, seconds in rows.items():
        changes = {"started_at": STARTED + seconds - 100, "finished_at": STARTED + seconds}
        await create(datadog, id=f"build-00000000000{name}", env="Prod", version="v1", **changes)
    await create(datadog, id="build-00000000000d", env="Prod", version="v2", finished_at=STARTED + 9000)
    body = patch_body(
        service="Checkout", env="prod", version="V1", change_failure=True, remediation={"version": "v2", "type": "rollback"}
    )
    assert (await datadog.patch(f"{DORA}/deployments", json=body)).status_code == 202
    marked = [name for name in "abcd" if (await find(place, f"build-00000000000{name}")).facts.is_change_failure is True]
    assert marked == ["b"]


async def test_a_patch_by_version_needs_all_of_its_members(datadog):
    response = await datadog.patch(f"{DORA}/deployments", json=patch_body())
    pointers = {error["source"]["pointer"].rpartition("/")[2] for error in response.json()["errors"]}
    assert (response.status_code, pointers) == (400, {"service", "env", "version", "change_failure"})


async def test_a_deployment_of_another_protocol_is_patched_by_its_ledger_id(place, datadog):
    _, token = await issue_token(place)
    async with iftrue_client_of(place, token) as iftrue:
        made = (await iftrue.post("/v1/organization/deployment", json=report())).json()["id"]
    response = await datadog.patch(f"{DORA}/deployments/{made}", json=patch_body(made, change_failure=True))
    assert response.status_code == 202
    deployment = await place.app.store.find_deployment(await place.organization_id(), Target(key=made))
    assert deployment.facts.is_change_failure is True
    assert (await datadog.delete(f"{DORA}/deployment/{made}")).status_code == 202
    assert (await datadog.get(f"{DORA}/deployment/{made}")).status_code == 200


@pytest.mark.parametrize("word", ["deployment", "deployments"])
async def test_a_deleted_deployment_is_gone_and_its_id_is_free_again(datadog, word):
    await create(datadog, id=MINE, team="a")
    for _ in range(2):
        response = await datadog.delete(f"{DORA}/{word}/{MINE}")
        assert (response.status_code, response.content) == (202, b"")
    assert (await datadog.get(f"{DORA}/deployments/{MINE}")).status_code == 404
    assert await create(datadog, id=MINE) == MINE
    assert "team" not in (await datadog.get(f"{DORA}/deployments/{MINE}")).json()["data"]["attributes"]


async def test_a_deployment_without_a_given_id_is_deleted_by_the_one_that_was_made(datadog):
    made = await create(datadog)
    assert (await datadog.delete(f"{DORA}/deployment/{made}")).status_code == 202
    assert (await datadog.get(f"{DORA}/deployment/{made}")).status_code == 404
    assert await create(datadog) != made


@pytest.mark.parametrize("given", ["x" * 513, "%ff"])
async def test_an_id_that_cannot_be_one_is_400_on_delete(datadog, given):
    assert (await datadog.delete(f"{DORA}/deployment/{given}")).status_code == 400


async def test_ids_in_paths_are_decoded_after_routing(datadog):
    await create(datadog, id="build:0000.000-00_77")
    response = await datadog.get(f"{DORA}/deployments/build%3A0000.000-00_77/")
    assert response.json()["data"]["id"] == "build:0000.000-00_77"
    assert (await datadog.get(f"{DORA}/deployments/a%2Fb%3Ac%20d")).status_code == 404


async def test_extended_attributes_show_the_mark_where_they_are_switched_on(serve):
    async with (
        serve(datadog_extended_attributes=True) as server,
        client_of(server, await issue_keys(server)) as client,
    ):
        await create(client, id=MINE)
        body = patch_body(MINE, change_failure=True, remediation={"id": "other", "type": "rollback"})
        await client.patch(f"{DORA}/deployments/{MINE}", json=body)
        attributes = (await client.get(f"{DORA}/deployments/{MINE}")).json()["data"]["attributes"]
    assert attributes["change_failure"] is True
    assert attributes["remediation"] == {"id": "other", "type": "rollback"}
    assert attributes["deployment_type"] == "standard"
    assert "recovery_time" not in attributes


async def test_extended_attributes_tell_the_type_and_the_recovery_once_the_remedy_is_known(serve):
    async with (
        serve(datadog_extended_attributes=True) as server,
        client_of(server, await issue_keys(server)) as client,
    ):
        await create(client, id=MINE, service="a", env="prod")
        await create(client, id=OTHER, service="A", env="Prod", version="v2", started_at=STARTED + 400, finished_at=STARTED + 900)
        for how in ({"id": OTHER}, {"version": "V2"}):
            body = patch_body(MINE, change_failure=True, remediation={"type": "rollforward", **how})
            await client.patch(f"{DORA}/deployments/{MINE}", json=body)
            objects = (await client.post(f"{DORA}/deployments", json=list_body(sort="started_at"))).json()["data"]
            failed, remedy = (one["attributes"] for one in objects)
            assert (failed["remediation"], failed["recovery_time"]) == ({"id": OTHER, "type": "rollforward"}, 600)
            assert (failed["deployment_type"], remedy["deployment_type"]) == ("standard", "rollforward")
