"""What other protocols reported is answered so that no typed client breaks, and no reader counts what failed."""

from __future__ import annotations

import pytest

from shipledger.catalog.retiering import add_rule, pin
from shipledger.ledger.state import Tier
from tests.support import native
from tests.support.datadog import DORA, client_of, create_body, issue_keys, list_body, patch_body
from tests.support.tiers import save_tier_policy

OLD = {"User-Agent": "datadog-api-client-go/2.62.0 (go 1.22)"}
NEW = {"User-Agent": "datadog-api-client-go/2.63.0 (go 1.22)"}
WHOLE = "0C9135c0c9135c0c9135c0c9135c0c9135c0c913"
DEPLOYMENTS = f"{DORA}/deployments"


@pytest.fixture
async def sender(place):
    """A client of another protocol."""
    async with native.client_of(place, await native.issue_token(place)) as client:
        yield client


async def send(sender, **changes):
    answer = await sender.post(native.TARGET, json=native.deployment(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def list_attributes(datadog, headers, query=""):
    answer = await datadog.post(DEPLOYMENTS, json=list_body(query), headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["attributes"] for one in answer.json()["data"]]


@pytest.mark.parametrize(
    "shas, shown",
    [
        (["0c9135c"], None),
        (["0c9135c0c9135c0c9135c0c9135c0c9135c0c91"], None),
        ([WHOLE], WHOLE.lower()),
        ([WHOLE + "0" * 24], (WHOLE + "0" * 24).lower()),
        (["0c9135c", WHOLE], WHOLE.lower()),
    ],
)
async def test_git_is_told_with_a_whole_commit_id_only(sender, datadog, shas, shown):
    releases = [{"repository": f"https://github.com/acme/shop-{number}", "commit": sha} for number, sha in enumerate(shas)]
    made = await send(sender, releases=releases)
    for headers in (OLD, NEW):
        attributes = (await datadog.get(f"{DEPLOYMENTS}/{made}", headers=headers)).json()["data"]["attributes"]
        assert attributes.get("git", {}).get("commit_sha") == shown
        assert [attributes] == await list_attributes(datadog, headers)


async def test_who_reads_integers_is_told_of_no_deployment_before_it_has_ended(sender, datadog):
    made = await send(sender, state="in_progress", finished_at=None)
    assert await list_attributes(datadog, OLD) == []
    refused = await datadog.get(f"{DEPLOYMENTS}/{made}", headers=OLD)
    assert (refused.status_code, refused.json()["errors"][0]["title"]) == (404, "Not Found")
    (running,) = await list_attributes(datadog, NEW)
    assert "finished_at" not in running
    assert running["custom_tags"] == ["deployment_state:in_progress"]


@pytest.mark.parametrize(
    "state, mark", [("successful", None), ("failed", "failed"), ("cancelled", "cancelled"), ("rolled_back", "rolled_back")]
)
async def test_what_did_not_succeed_is_marked_and_can_be_left_out(sender, datadog, state, mark):
    await send(sender, state=state)
    for headers in (OLD, NEW):
        (told,) = await list_attributes(datadog, headers)
        assert told.get("custom_tags") == (None if mark is None else [f"deployment_state:{mark}"])
        assert isinstance(told["finished_at"], int) == (headers is OLD)
        assert len(await list_attributes(datadog, headers, "-deployment_state:*")) == (mark is None)
        assert len(await list_attributes(datadog, headers, f"DEPLOYMENT_STATE:{state.upper()}")) == (mark is not None)


async def test_tags_are_one_whatever_their_case(datadog):
    answer = await datadog.post(f"{DORA}/deployment", json=create_body(custom_tags=["Region:EU", "region:eu", "region:us"]))
    assert answer.status_code == 200
    (told,) = await list_attributes(datadog, NEW, "REGION:eU")
    assert told["custom_tags"] == ["Region:EU", "region:us"]
    many = [f"Key:{number}" for number in range(100)] + [f"key:{number}" for number in range(100)]
    assert (await datadog.post(f"{DORA}/deployment", json=create_body(custom_tags=many))).status_code == 200


@pytest.mark.parametrize("env, status", [("production", 202), ("PROD", 202), ("staging", 404), ("anything", 404)])
async def test_a_deployment_without_env_is_patched_by_version_in_its_tier(datadog, env, status):
    await datadog.post(f"{DORA}/deployment", json=create_body(version="v1", id="build-0000000000077"))
    body = patch_body(service="checkout", env=env, version="v1", change_failure=True)
    assert (await datadog.patch(DEPLOYMENTS, json=body)).status_code == status


async def test_the_tier_of_a_patch_by_version_is_told_by_the_rules_of_the_organization(place, datadog):
    organization_id, store = await place.organization_id(), place.app.store
    policy = pin(await store.find_tier_policy(organization_id), "pinned", Tier.PRODUCTION)
    for pattern, tier in (("eu-*", Tier.PRODUCTION), ("word:prod", Tier.STAGING)):
        policy = add_rule(policy, pattern, tier, position=1)
    await save_tier_policy(store, organization_id, policy)
    await datadog.post(f"{DORA}/deployment", json=create_body(version="v1", id="build-0000000000077"))
    for env, status in {"eu-1": 202, "pinned": 202, "Production": 202, "prod": 404, "anything": 404}.items():
        body = patch_body(service="checkout", env=env, version="v1", change_failure=True)
        assert (await datadog.patch(DEPLOYMENTS, json=body)).status_code == status, env


async def test_a_deployment_of_no_tier_is_patched_by_version_as_unmapped_alone(serve):
    async with serve(datadog_missing_environment="unmapped") as server, client_of(server, await issue_keys(server)) as datadog:
        await datadog.post(f"{DORA}/deployment", json=create_body(version="v1", id="build-0000000000077"))
        for env, status in {"unmapped": 202, "anything": 404, "production": 404}.items():
            body = patch_body(service="checkout", env=env, version="v1", change_failure=True)
            assert (await datadog.patch(DEPLOYMENTS, json=body)).status_code == status, env
