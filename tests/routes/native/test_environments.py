"""``GET`` and ``POST /ledger/v1/environments``."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from shipledger.catalog.retiering import apply_in_time
from tests.support.native import TARGET, client_of, deployment, issue_token

ENVIRONMENTS = "/ledger/v1/environments"


@pytest.fixture
async def blue(native):
    """A client of an organization with three environments."""
    for name in ("production", "blue", "green"):
        await native.post(TARGET, json=deployment(external_id=name, environment=name))
    return native


async def listed(client, query=""):
    answer = await client.get(f"{ENVIRONMENTS}?{query}")
    assert answer.status_code == 200, answer.text
    return {one["name"]: (one["tier"], one["is_set_by_hand"]) for one in answer.json()["environments"]}


@pytest.mark.both_stores
async def test_environments_are_listed_with_their_tiers_and_a_tier_that_is_set_holds_for_the_past_too(blue):
    assert await listed(blue) == {"blue": ("unmapped", False), "green": ("unmapped", False), "production": ("production", False)}
    answer = await blue.post(
        ENVIRONMENTS, json=[{"environment": "Blue", "tier": "Production"}, {"environment": "qa", "tier": "testing"}]
    )
    assert (answer.status_code, answer.json()) == (
        200,
        {"environments": [{"environment": "Blue", "tier": "production"}, {"environment": "qa", "tier": "testing"}]},
    )
    assert await listed(blue, "tier=production") == {"blue": ("production", True), "production": ("production", False)}
    found = (await blue.get(f"{TARGET}?tier=production")).json()["deployments"]
    assert sorted(one["environment"] for one in found) == ["blue", "production"]
    await blue.post(TARGET, json=deployment(external_id="q", environment="qa"))
    assert (await listed(blue))["qa"] == ("testing", True)
    assert (await blue.post(ENVIRONMENTS, json={"environment": "qa", "tier": "staging"})).json()["tier"] == "staging"


async def test_what_is_not_applied_in_time_is_accepted_and_already_holds_for_what_is_listed(blue, monkeypatch):
    monkeypatch.setitem(apply_in_time.__kwdefaults__, "seconds", 0)
    assert (await blue.post(ENVIRONMENTS, json={"environment": "blue", "tier": "staging"})).status_code == 202
    assert (await listed(blue))["blue"] == ("staging", True)


@pytest.mark.both_stores
async def test_pages_are_walked_by_name(blue):
    page = (await blue.get(f"{ENVIRONMENTS}?limit=2")).json()
    rest = (await blue.get(f"{ENVIRONMENTS}?limit=2&cursor={page['next_cursor']}")).json()
    assert [one["name"] for one in (*page["environments"], *rest["environments"])] == ["blue", "green", "production"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, ["tier", "environment"]),
        ({"environment": "blue", "tier": "prod"}, ["tier"]),
        ([{"environment": "blue", "tier": "staging"}, {"environment": " ", "tier": "staging"}], ["[1].environment"]),
    ],
)
async def test_every_wrong_member_is_named_and_nothing_is_set(blue, body, errors):
    refused = await blue.post(ENVIRONMENTS, json=body)
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, errors)
    assert not any(is_set for _, is_set in (await listed(blue)).values())


async def test_setting_a_tier_needs_the_right_to_configure_and_is_the_organizations_own(blue, place):
    async with client_of(place, await issue_token(place, Scope.WRITE, Scope.READ)) as client:
        assert (await client.post(ENVIRONMENTS, json={"environment": "blue", "tier": "staging"})).status_code == 403
    async with client_of(place, await issue_token(place, organization="environment-rival")) as rival:
        assert await listed(rival) == {}
        await rival.post(ENVIRONMENTS, json={"environment": "blue", "tier": "staging"})
    assert (await listed(blue))["blue"] == ("unmapped", False)


async def test_who_changed_tiers_is_told(native):
    history = "/ledger/v1/environments/history"
    assert (await native.get(history)).json() == {"history": []}
    await native.post("/ledger/v1/environments", json={"environment": "Zone", "tier": "testing"})
    (one,) = (await native.get(history)).json()["history"]
    assert (one["version"], one["changes"]) == (1, ["Tier of zone set to testing."])
    assert one["actor"].startswith("credential:")
    assert (await native.get(f"/ledger/v1/requests/{one['request_id']}")).status_code == 200
