"""``Idempotency-Key``: a request that is sent again has one effect and one answer."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.native import TARGET, client_of, deployment, issue_token

BARE = deployment(external_id=None, started_at=None, finished_at=None)
"""Nothing in it tells a repeat from another deployment."""


def keyed(key):
    return {"Idempotency-Key": key}


async def test_without_a_key_two_reports_that_nothing_tells_apart_are_two_deployments(native, place):
    for _ in range(2):
        assert (await native.post(TARGET, json=BARE)).status_code == 201
    assert await place.count_deployments() == 2


@pytest.mark.both_stores
@pytest.mark.parametrize("body", [BARE, deployment(), [BARE, BARE, deployment()]], ids=["bare", "named", "list"])
async def test_the_same_request_again_gets_the_first_answer_and_has_no_effect(native, place, body):
    first = await native.post(TARGET, json=body, headers=keyed("k-1"))
    count = await place.count_deployments()
    again = await native.post(TARGET, json=body, headers=keyed("k-1"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.headers["X-Request-Id"] == first.headers["X-Request-Id"]
    assert await place.count_deployments() == count


@pytest.mark.both_stores
async def test_many_equal_requests_at_once_have_one_effect_and_equal_answers(native, place):
    answers = await asyncio.gather(*(native.post(TARGET, json=BARE, headers=keyed("k-2")) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await place.count_deployments() == 1


async def test_a_key_that_comes_with_another_body_is_refused(native, place):
    await native.post(TARGET, json=BARE, headers=keyed("k-3"))
    refused = await native.post(TARGET, json={**BARE, "state": "failed"}, headers=keyed("k-3"))
    assert refused.status_code == 422
    assert [*refused.json()["errors"]] == ["Idempotency-Key"]
    assert await place.count_deployments() == 1


async def test_each_report_of_a_deployment_has_a_key_of_its_own(native):
    running = {**deployment(), "state": "in_progress", "finished_at": None}
    first = await native.post(TARGET, json=running, headers=keyed("k-start"))
    last = await native.post(TARGET, json=deployment(), headers=keyed("k-end"))
    late = await native.post(TARGET, json=running, headers=keyed("k-start"))
    assert {one.json()["id"] for one in (first, last, late)} == {first.json()["id"]}
    assert (late.json()["request_id"], late.json()["state"]) == (first.json()["request_id"], "successful")


async def test_a_request_that_was_refused_leaves_its_key_free(native):
    assert (await native.post(TARGET, json={**BARE, "state": "done"}, headers=keyed("k-4"))).status_code == 422
    assert (await native.post(TARGET, json=BARE, headers=keyed("k-4"))).status_code == 201


async def test_the_key_of_another_credential_is_another_key(native, place):
    first = await native.post(TARGET, json=BARE, headers=keyed("k-5"))
    async with client_of(place, await issue_token(place)) as other:
        second = await other.post(TARGET, json=BARE, headers=keyed("k-5"))
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "k\x80"])
async def test_a_key_that_cannot_be_one_is_refused(native, key):
    refused = await native.post(TARGET, json=BARE, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, ["Idempotency-Key"])


async def test_the_key_itself_is_not_kept(native, place):
    answer = await native.post(TARGET, json=BARE, headers=keyed("a-key-that-nobody-keeps"))
    record = await place.app.store.find_receipt(await place.organization_id(), answer.json()["request_id"])
    assert "a-key-that-nobody-keeps" not in repr(record)
