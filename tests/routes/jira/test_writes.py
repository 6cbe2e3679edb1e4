"""What becomes of submits and deletes."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.support.jira import ABSENT, associated, deployment
from tests.support.jira_clients import SITE, connect_client, get_until

BULK = f"{SITE}/bulk"
KEY = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"


async def submit(client, *deployments, **top):
    answer = await client.post(BULK, json={"deployments": deployments, **top})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def until_gone(client, target=KEY):
    await get_until(client, target, lambda answer: answer.status_code == 404)


@pytest.mark.both_stores
async def test_of_fifty_updates_at_once_the_highest_number_wins(jira):
    numbers = list(range(1, 51))
    random.Random(7).shuffle(numbers)
    await asyncio.gather(*(submit(jira, deployment(updateSequenceNumber=number, label=f"v{number}")) for number in numbers))
    answer = await get_until(jira, KEY, lambda answer: answer.is_success and answer.json()["updateSequenceNumber"] == 50)
    assert answer.json()["label"] == "v50"


@pytest.mark.parametrize("by_arrival", [False, True])
async def test_of_equal_numbers_the_first_counts_unless_the_credential_says_otherwise(server, by_arrival):
    async with await connect_client(server, breaks_ties_by_arrival=by_arrival) as client:
        await submit(client, deployment(label="one"), deployment(label="two"))
        await submit(client, deployment(label="three"))
        await submit(client, deployment(deploymentSequenceNumber=42))
        await get_until(client, KEY.replace("41", "42"))
        assert (await client.get(KEY)).json()["label"] == ("three" if by_arrival else "one")


async def test_an_update_replaces_the_whole_record(jira):
    await submit(jira, deployment(label="v1", commands=[{"command": "x"}]), properties={"a": "1"})
    await submit(jira, deployment(updateSequenceNumber=2, **associated("issueKeys", "SHIP-9")))
    answer = await get_until(jira, KEY, lambda answer: answer.is_success and answer.json()["updateSequenceNumber"] == 2)
    assert "label" not in answer.json()
    assert "commands" not in answer.json()
    assert answer.json()["associations"] == [{"associationType": "issueKeys", "values": ["SHIP-9"]}]
    assert (await jira.delete(f"{SITE}/bulkByProperties?a=1")).status_code == 202
    await submit(jira, deployment(deploymentSequenceNumber=42))
    await get_until(jira, KEY.replace("41", "42"))
    assert (await jira.get(KEY)).status_code == 200


async def test_good_and_bad_deployments_of_one_request_are_told_apart_and_the_good_ones_kept(jira):
    answer = await submit(
        jira, *(deployment(deploymentSequenceNumber=n, url=ABSENT if n % 2 else "https://a.b/c") for n in range(100))
    )
    assert [key["deploymentSequenceNumber"] for key in answer["acceptedDeployments"]] == list(range(0, 100, 2))
    assert [one["key"]["deploymentSequenceNumber"] for one in answer["rejectedDeployments"]] == list(range(1, 100, 2))
    await get_until(jira, KEY.replace("41", "98"))
    assert (await jira.get(KEY.replace("41", "97"))).status_code == 404


async def test_a_deleted_deployment_is_gone_and_a_lower_number_makes_it_anew(jira):
    await submit(jira, deployment(updateSequenceNumber=9))
    await get_until(jira, KEY)
    answer = await jira.delete(f"{KEY}?_updateSequenceNumber=nonsense")
    assert (answer.status_code, answer.content) == (202, b"")
    await until_gone(jira)
    await submit(jira, deployment(updateSequenceNumber=1))
    assert (await get_until(jira, KEY)).json()["updateSequenceNumber"] == 1


@pytest.mark.both_stores
async def test_a_delete_sent_right_behind_a_submit_is_carried_out_behind_it(jira):
    await submit(jira, deployment())
    assert (await jira.delete(KEY)).status_code == 202
    await submit(jira, deployment(deploymentSequenceNumber=42))
    await get_until(jira, KEY.replace("41", "42"))
    assert (await jira.get(KEY)).status_code == 404


@pytest.mark.both_stores
@pytest.mark.parametrize(
    "query, is_deleted",
    [
        ("a=1", True),
        ("a=1&n=601234567", True),
        ("n=601234567&_updateSequenceNumber=0&jwt=x", True),
        ("e=", True),
        ("a=1&n=7", False),
        ("a=1&a=2", False),
        ("b=1", False),
        ("a=", False),
    ],
)
async def test_a_deployment_is_deleted_when_it_has_all_of_the_properties(jira, query, is_deleted):
    await submit(jira, deployment(), properties={"a": "1", "n": 601234567, "e": ""})
    await get_until(jira, KEY)
    assert (await jira.delete(f"{SITE}/bulkByProperties?{query}")).status_code == 202
    await submit(jira, deployment(deploymentSequenceNumber=42))
    await get_until(jira, KEY.replace("41", "42"))
    assert (await jira.get(KEY)).status_code == (404 if is_deleted else 200)


async def test_a_property_with_a_colon_is_none(jira):
    answer = await jira.delete(f"{SITE}/bulkByProperties?a:b=1")
    assert answer.status_code == 400
    assert answer.json() == [{"message": "Property key 'a:b' must not start with '_' or contain ':'"}]


async def test_providers_never_see_or_delete_each_others_deployments(server, jira):
    await submit(jira, deployment(), properties={"a": "1"})
    await get_until(jira, KEY)
    async with await connect_client(server) as other:
        assert (await other.get(KEY)).status_code == 404
        assert (await other.delete(KEY)).status_code == 202
        assert (await other.delete(f"{SITE}/bulkByProperties?a=1")).status_code == 202
        await submit(other, deployment(updateSequenceNumber=99))
        assert (await get_until(other, KEY)).json()["updateSequenceNumber"] == 99
    assert (await jira.get(KEY)).json()["updateSequenceNumber"] == 1


@pytest.mark.parametrize(
    "pipeline, environment, path",
    [
        ("a/b c%", "+&=", "a%2Fb%20c%25/environments/%2B%26%3D"),
        ("a/b", "e/f", "a/b/environments/e/f"),
        ("a/environments/b", "c", "a/environments/b/environments/c"),
        ("-1403241", "über", "-1403241/environments/%C3%BCber"),
    ],
)
async def test_ids_are_found_by_paths_however_they_are_written(jira, pipeline, environment, path):
    await submit(
        jira,
        deployment(
            deploymentSequenceNumber=-(2**63),
            pipeline={"id": pipeline, "displayName": "p", "url": "https://p.example.com"},
            environment={"id": environment, "displayName": "e", "type": "testing"},
        ),
    )
    target = f"{SITE}/pipelines/{path}/deployments/{-(2**63)}"
    answer = await get_until(jira, target)
    assert answer.json()["pipeline"]["id"] == pipeline
    assert (await jira.get(f"{target}/gating-status")).json()["gatingStatus"] == "invalid"
    assert (await jira.delete(target)).status_code == 202
    await until_gone(jira, target)


@pytest.mark.parametrize("number", ["seven", "1.5", str(2**63), "%20"])
async def test_a_number_in_a_path_that_is_none_is_refused(jira, number):
    for method in ("GET", "DELETE"):
        answer = await jira.request(method, f"{SITE}/pipelines/p/environments/e/deployments/{number}")
        assert (answer.status_code, answer.json()) == (400, [{"message": "'deploymentSequenceNumber' must be an integer"}])


@pytest.mark.parametrize(
    "method, target, status, allowed",
    [
        ("GET", BULK, 405, "POST"),
        ("PUT", f"{SITE}/bulk/", 405, "POST"),
        ("POST", f"{SITE}/bulkByProperties", 405, "DELETE"),
        ("POST", KEY, 405, "DELETE, GET, HEAD"),
        ("DELETE", f"{KEY}/gating-status", 405, "GET, HEAD"),
        ("GET", f"{SITE}/nothing", 404, None),
        ("GET", "/ex/jira/x/rest/other", 404, None),
        ("GET", f"{SITE}/pipelines/p/environments", 404, None),
    ],
)
async def test_other_methods_and_paths_are_answered_as_arrays(jira, method, target, status, allowed):
    answer = await jira.request(method, target)
    assert (answer.status_code, answer.headers.get("Allow")) == (status, allowed)
    assert [set(error) for error in answer.json()] == [{"message"}]


async def test_the_content_type_does_not_matter_and_a_slash_at_the_end_neither(jira):
    text = '\ufeff{"deployments": [], "deployments": null}'
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=utf-8"}, {}):
        answer = await jira.post(f"{BULK}/", content=text.encode(), headers=headers)
        assert (answer.status_code, answer.json()) == (400, [{"message": "'deployments' must hold 1 to 100 elements"}])


async def test_a_body_over_the_limit_is_413(serve):
    async with serve(jira_body_limit_bytes=5000) as server, await connect_client(server) as client:
        answer = await client.post(BULK, content=b" " * 5001)
        assert (answer.status_code, answer.json()) == (413, [{"message": "The request body must have at most 5000 bytes"}])
        assert (await client.post(BULK, content=b" " * 5000)).status_code == 400


async def test_settings_say_which_projects_are_known(serve):
    async with serve(jira_allowed_projects="ship, OPS") as server, await connect_client(server) as client:
        keys = ("SHIP-1", "WEB-1", "10042", "ops-2")
        answer = await submit(client, deployment(**associated("issueIdOrKeys", *keys)))
        assert answer["unknownAssociations"] == [{"associationType": "issueIdOrKeys", "values": ["WEB-1", "10042"]}]
        stored = (await get_until(client, KEY)).json()
        assert stored["associations"][0]["values"] == ["SHIP-1", "ops-2"]


@pytest.mark.both_stores
async def test_what_no_database_keeps_is_refused_and_echoed_all_the_same(jira):
    answer = await jira.post(
        BULK,
        content=b'{"deployments": [{"pipeline": {"id": "\\u0000"}, "associations": '
        b'[{"associationType": "issueKeys", "values": ["\\ud800", "a\\u0000b"]}]}]}',
    )
    assert answer.status_code == 202
    assert answer.json()["unknownAssociations"] == [{"associationType": "issueKeys", "values": ["\ufffd", "a\0b"]}]
    (rejected,) = answer.json()["rejectedDeployments"]
    assert {"message": "'pipeline.id' must not contain the character U+0000"} in rejected["errors"]
