"""``POST /ledger/v1/deployments``: what is read, what is refused, and what the record says."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.protocols.native.translate import interpret
from tests.support.native import SHA, TARGET, client_of, deployment, issue_token, started

RECORD = {
    "external_id": "build-77",
    "service": "checkout",
    "environment": "production",
    "environment_name": "production",
    "tier": "production",
    "state": "successful",
    "started_at": "2026-03-04T10:00:00.000Z",
    "finished_at": "2026-03-04T10:05:00.000Z",
    "version": "2.4.1",
    "releases": [{"repository": "github.com/acme/shop", "commit": SHA}],
    "actor": "octocat",
    "title": "Checkout 2.4.1",
    "description": None,
    "url": "https://github.com/acme/shop/actions/runs/77",
    "ci": "github",
    "run": "77",
    "attempt": "1",
    "job": None,
    "source": "native",
}


async def post(client, **changes):
    return await client.post(TARGET, json=deployment(**changes))


@pytest.mark.both_stores
async def test_a_deployment_is_answered_with_its_record_and_its_verdict(native):
    response = await post(native)
    answer = response.json()
    assert response.status_code == 201
    assert {name: answer[name] for name in RECORD} == RECORD
    assert answer["verdict"] == {"kind": "applied", "reason": None, "sentence": None}
    assert response.headers["Location"] == f"{TARGET}/{answer['id']}"
    assert response.headers["X-Request-Id"] == answer["request_id"]


async def test_the_same_report_again_is_a_duplicate_of_the_same_deployment(native):
    first, again = await post(native), await post(native)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["verdict"]["kind"] == "duplicate"


async def test_a_later_report_moves_the_deployment_on_and_keeps_what_it_does_not_say(native):
    first = (await native.post(TARGET, json=started())).json()
    ending = {"external_id": "build-77", "service": "checkout", "environment": "production", "state": "failed"}
    last = (await native.post(TARGET, json={**ending, "finished_at": "2026-03-04T10:07:00Z"})).json()
    assert (first["state"], first["finished_at"]) == ("in_progress", None)
    assert last == {
        **first,
        "state": "failed",
        "reported_state": "failed",
        "finished_at": "2026-03-04T10:07:00.000Z",
        **{name: last[name] for name in ("updated_at", "request_id", "verdict")},
    }


async def test_a_report_of_the_start_that_comes_late_does_not_reopen_a_finished_deployment(native):
    await post(native)
    late = (await native.post(TARGET, json=started())).json()
    assert (late["state"], late["verdict"]["kind"], late["verdict"]["reason"]) == ("successful", "superseded", "older_state")


@pytest.mark.parametrize("other", [{"service": "payments"}, {"environment": "staging"}, {"external_id": "build-78"}])
async def test_another_service_environment_or_id_is_another_deployment(native, other):
    first, second = (await post(native)).json(), (await post(native, **other)).json()
    assert first["id"] != second["id"]


async def test_equal_names_on_two_hosts_are_two_repositories(native):
    releases = [{"repository": f"{host}/acme/shop", "commit": SHA} for host in ("github.com", "gitlab.com", "bitbucket.org")]
    assert (await post(native, releases=releases)).json()["releases"] == releases


async def test_the_credentials_in_a_clone_url_are_not_kept(native, place):
    answer = await post(native, releases=[{"repository": "https://ci:hunter2@github.com/acme/shop.git", "commit": SHA}])
    receipt = await place.app.store.find_receipt(await place.organization_id(), answer.json()["request_id"])
    assert "hunter2" not in receipt.receipt.body
    assert interpret(receipt.receipt)[0].facts.releases[0].repository == "github.com/acme/shop"


@pytest.mark.parametrize("tier", ["development", "staging"])
async def test_any_tier_can_be_said_whatever_the_environment_is_called(native, tier):
    assert (await post(native, tier=tier.upper(), environment="blue")).json()["tier"] == tier


@pytest.mark.both_stores
@pytest.mark.parametrize("environment, tier", [("prod-eu-2", "production"), ("blue", "unmapped")])
async def test_without_a_tier_the_rules_of_the_organization_tell_it(native, environment, tier):
    assert (await post(native, environment=environment)).json()["tier"] == tier


async def test_a_start_that_nobody_says_is_that_of_the_job_until_somebody_says_it(native):
    job = {"started_at": None, "job_started_at": "2026-03-04T10:03:00Z"}
    assert (await post(native, **job)).json()["started_at"] == "2026-03-04T10:03:00.000Z"
    assert (await native.post(TARGET, json=started())).json()["started_at"] == "2026-03-04T10:00:00.000Z"


async def test_the_start_of_the_job_does_not_move_a_start_that_was_said(native):
    await native.post(TARGET, json=started())
    last = await post(native, started_at=None, job_started_at="2026-03-04T10:03:00Z")
    assert last.json()["started_at"] == "2026-03-04T10:00:00.000Z"


async def test_without_any_start_it_began_when_it_ended(native):
    assert (await post(native, started_at=None)).json()["started_at"] == "2026-03-04T10:05:00.000Z"


async def test_an_end_that_is_not_said_is_when_the_report_arrived(native):
    answer = (await post(native, finished_at=None)).json()
    assert answer["finished_at"] <= answer["recorded_at"]
    assert answer["finished_at"] > "2026-03-04T10:05:00.000Z"


async def test_without_an_id_the_start_and_what_was_deployed_tell_a_repeat(native):
    first, again = [(await post(native, external_id=None)).json() for _ in range(2)]
    other = (await post(native, external_id=None, version="2.4.2")).json()
    assert first["id"] == again["id"] != other["id"]
    assert first["external_id"] == first["id"]


@pytest.mark.both_stores
async def test_a_service_that_is_named_is_there(native, place):
    await post(native, service="Ledger of ships")
    assert await place.app.store.find_service(await place.organization_id(), "Ledger of ships") is not None


@pytest.mark.parametrize(
    "content, media_type, status",
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"[" * 600 + b"]" * 600, "application/json", 422),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b" " * (1024 * 1024 + 1), "application/json", 413),
    ],
)
async def test_what_is_no_body_is_a_problem_with_its_own_status(native, content, media_type, status):
    response = await native.post(TARGET, content=content, headers={"Content-Type": media_type})
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["X-Request-Id"]


async def test_every_wrong_member_is_named_at_once_and_nothing_is_recorded(native, place):
    response = await native.post(TARGET, json={"state": "done", "service": ["checkout"], "releases": [{"commit": ""}]})
    problem = response.json()
    assert response.status_code == 422
    assert [*problem["errors"]] == ["environment", "state", "service", "releases[0].repository", "releases[0].commit"]
    assert problem["detail"] == "; ".join(f"{member} {text}" for member, text in problem["errors"].items())
    assert await place.count_deployments() == 0


async def test_members_that_are_not_known_are_ignored(native):
    assert (await post(native, colour="blue", service_level={"a": [1]})).status_code == 201


@pytest.mark.both_stores
async def test_copies_from_two_credentials_at_once_are_one_deployment(native, place):
    async with client_of(place, await issue_token(place)) as other:
        answers = await asyncio.gather(*(post(client) for client in (native, other) for _ in range(20)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await place.count_deployments() == 1


@pytest.mark.parametrize("sent", ["s3://build:not-a-real-token@bucket/shop", "shop"])
async def test_a_release_whose_repository_has_no_host_is_left_out_and_the_rest_is_recorded(server, native, sent):
    known = {"repository": "github.com/acme/shop", "commit": SHA}
    answer = (await post(native, releases=[{"repository": sent, "commit": SHA}, known])).json()
    assert answer["releases"] == [known]
    assert answer["verdict"]["sentence"] == (
        "A repository in releases has no host and path of a repository, so its commit was left out."
    )
    found = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
    assert sorted(one.receipt.protocol for one in found) == ["native", "shipledger"], "the report, and the name that it told of"
    assert not any("not-a-real-token" in one.receipt.body for one in found)
