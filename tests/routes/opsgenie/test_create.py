from __future__ import annotations

import json

import pytest

from tests.support.opsgenie import accepted, create_body, created, get, release, settled

PATH = "/v2/deployments"


async def test_an_accepted_create_is_processed_and_found_by_both_of_its_ids(opsgenie):
    answer = await opsgenie.post(PATH, json=create_body())
    assert answer.status_code == 202
    assert answer.json()["result"] == "Request will be processed"
    data = await settled(opsgenie, answer.headers["X-Request-Id"])
    assert data["action"] == "Create"
    assert data["status"] == "Deployment successfully created"
    by_id = await get(opsgenie, data["deploymentId"])
    assert by_id == await get(opsgenie, "build-77", type="api")
    assert by_id["state"] == "started"
    assert by_id["startedAt"] == "2026-03-04T09:40:00.000Z"


async def test_a_create_without_an_external_id_has_its_id_as_one(opsgenie):
    deployment_id = await created(opsgenie, externalId="")
    assert (await get(opsgenie, deployment_id))["externalId"] == deployment_id
    assert (await get(opsgenie, deployment_id, type="api"))["id"] == deployment_id


async def test_a_reference_is_read_back_as_the_external_link(opsgenie):
    data = await get(opsgenie, await created(opsgenie, reference="http://ci.example.com/#/77"))
    assert data["externalLink"] == "http://ci.example.com/#/77"
    assert "reference" not in data


async def test_what_the_go_client_sends_for_nothing_is_not_read_back(opsgenie):
    data = await get(
        opsgenie,
        await created(
            opsgenie,
            startedAt="2026-03-04T05:06:07.123456789Z",
            completedAt="0001-01-01T00:00:00Z",
            message="",
            environment={"type": "Staging", "id": "eu-stage", "displayName": "", "region": "eu"},
            unknownNumber=7,
        ),
    )
    assert data["startedAt"] == "2026-03-04T05:06:07.123Z"
    assert data["environment"]["displayName"] == "eu-stage"
    assert "completedAt" not in data
    assert "message" not in data


async def test_a_completion_before_the_start_is_accepted(opsgenie):
    data = await get(opsgenie, await created(opsgenie, state="successful", completedAt="2019-11-07T14:44:02.374Z"))
    assert data["completedAt"] == "2019-11-07T14:44:02.374Z"


async def test_a_workspace_by_uuid_is_read_back_as_sent(opsgenie):
    workspace = {"identifier": "{0a4fb641-0c65-44ab-bb4f-64a44bada7be}", "type": "bbcUuid"}
    slug = "{33838c22-5066-425e-8a23-4a6699011119}"
    sent = release() | {"repository": {"workspace": workspace, "repoSlug": slug}}
    (read,) = (await get(opsgenie, await created(opsgenie, releases=[sent])))["releases"]
    assert read["repository"] == {"repoSlug": slug, "workspace": workspace["identifier"]}


async def test_the_same_create_three_times_is_one_deployment(opsgenie):
    assert len({await created(opsgenie) for _ in range(3)}) == 1


async def test_one_external_id_in_two_environments_is_two_deployments(opsgenie):
    first = await created(opsgenie)
    second = await created(opsgenie, environment={"type": "Staging", "id": "stage"})
    assert first != second
    assert (await get(opsgenie, "build-77", type="api"))["id"] == second


async def test_a_repeated_create_moves_the_state_on_and_keeps_texts_that_it_leaves_out(opsgenie):
    deployment_id = await created(opsgenie, message="Release 77")
    assert await created(opsgenie, state="successful", completedAt="2026-03-04T10:00:00Z", message=None) == deployment_id
    data = await get(opsgenie, deployment_id)
    assert (data["state"], data["message"]) == ("successful", "Release 77")


@pytest.mark.parametrize(
    "content, status",
    [
        (b'{"state": "started",', 400),
        (b"", 400),
        (b'{"a": NaN}', 400),
        (b'{"a": "\xff"}', 400),
        (b"[" * 100_000, 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"null", 422),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422),
        (b'{"state": "\\ud800"}', 422),
        (b'{"state": ' + b"9" * 10_000 + b"}", 422),
        (b'{"state": 1e999}', 422),
        (b'{"message": "\\u0000"}', 422),
    ],
)
async def test_a_body_that_cannot_be_used_is_never_our_fault(opsgenie, content, status):
    answer = await opsgenie.post(PATH, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["message"] == "Request body is not valid JSON."
        assert "errors" not in answer.json()
    else:
        assert answer.json()["message"] == "Request body is not processable. Please check the errors."
        assert all(isinstance(text, str) for text in answer.json()["errors"].values())


async def test_a_byte_order_mark_is_skipped(opsgenie):
    content = b"\xef\xbb\xbf" + json.dumps(create_body()).encode()
    answer = await opsgenie.post(PATH, content=content)
    assert answer.status_code == 202
    assert (await settled(opsgenie, answer.json()["requestId"]))["isSuccess"]


@pytest.mark.parametrize(
    "content_type, status",
    [
        (None, 202),
        ("application/json", 202),
        ("application/json; charset=utf-8", 202),
        ("APPLICATION/JSON", 202),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
    ],
)
async def test_only_json_is_accepted_unless_nothing_is_said(opsgenie, content_type, status):
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await opsgenie.post(PATH, content=json.dumps(create_body()), headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert "Content-Type: application/json" in answer.json()["message"]


async def test_the_largest_body_is_one_mebibyte(opsgenie):
    body = json.dumps(create_body())
    fits = body.ljust(1024 * 1024)
    assert (await opsgenie.post(PATH, content=fits)).status_code == 202
    answer = await opsgenie.post(PATH, content=fits + " ")
    assert answer.status_code == 413
    assert answer.json()["message"] == "Request body is larger than 1 MiB."


async def test_500_releases_are_accepted_and_501_are_not(opsgenie):
    releases = [release(sha=f"{index:040x}") for index in range(501)]
    deployment_id = await created(opsgenie, releases=releases[:500])
    assert len((await get(opsgenie, deployment_id))["releases"]) == 500
    answer = await opsgenie.post(PATH, json=create_body(releases=releases))
    assert answer.json()["errors"] == {"releases": "should have at most 500 items"}


async def test_nothing_is_recorded_of_a_create_that_was_refused(opsgenie):
    await opsgenie.post(PATH, json=create_body(state="done"))
    assert (await opsgenie.get(f"{PATH}/build-77", params={"type": "api"})).status_code == 404


async def test_any_text_is_read_back_as_it_was_sent(opsgenie):
    text = 'Grüße \N{PILE OF POO}\n\t"quoted" <b>&amp;</b> \\u0041 \u202e \x7f'
    data = await get(opsgenie, await created(opsgenie, message=text, description=text, externalId=text))
    assert data["message"] == data["description"] == data["externalId"] == text


async def test_the_request_id_of_a_client_is_ignored(opsgenie):
    mine = "43a23c5c-35bf-4ea4-9c26-a4f71023e120"
    answer = await opsgenie.post(PATH, json=create_body(), headers={"X-Request-Id": mine})
    assert answer.json()["requestId"] != mine


async def test_a_change_right_after_the_create_finds_its_deployment(opsgenie):
    await accepted(opsgenie)
    change = {"state": "successful", "completedAt": "2026-03-04T10:00:00Z"}
    answer = await opsgenie.patch(f"{PATH}/build-77/updateState?type=api", json=change)
    assert (await settled(opsgenie, answer.json()["requestId"]))["isSuccess"]
