"""``GET`` and ``PUT /ledger/v1/tier-rules``."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from tests.support.native import client_of, deployment, issue_token

RULES = "/ledger/v1/tier-rules"
BLUE = {"pattern": "blue*", "tier": "staging"}


@pytest.mark.both_stores
async def test_rules_are_replaced_after_a_dry_run_and_deployments_of_the_past_follow(native, place):
    assert (await native.post("/ledger/v1/deployments", json=deployment(environment="Blue"))).status_code == 201
    before = (await native.get(RULES)).json()
    wanted = {"rules": [BLUE, *before["rules"]], "revision": before["revision"]}
    tried = (await native.put(f"{RULES}?dry_run=true", json=wanted)).json()
    moved = {"environment": "Blue", "environment_id": "", "was": "unmapped", "becomes": "staging", "deployments": 1}
    assert tried["preview"]["deployments"] == 1
    assert {**tried["preview"]["environments"][0], "environment_id": ""} == moved
    assert tried["rules"] == before["rules"] == (await native.get(RULES)).json()["rules"]
    done = await native.put(RULES, json=wanted)
    assert (done.status_code, done.json()["rules"][0], done.json()["revision"] > before["revision"]) == (200, BLUE, True)
    (shown,) = (await native.get("/ledger/v1/environments")).json()["environments"]
    assert shown["tier"] == "staging"
    late = await native.put(RULES, json={"rules": [], "revision": before["revision"]})
    assert (late.status_code, "changed in the meantime" in late.json()["detail"]) == (409, True)
    assert (await native.put(RULES, json={"rules": []})).json()["rules"] == []
    async with client_of(place, await issue_token(place, Scope.READ)) as reader:
        assert (await reader.get(RULES)).status_code == 200
        assert (await reader.put(RULES, json=wanted)).status_code == 403


@pytest.mark.parametrize(
    "body, member",
    [
        ({}, "rules"),
        ([], "body"),
        ({"rules": [BLUE], "colour": 1}, "colour"),
        ({"rules": [{"pattern": "x"}]}, "rules[0].tier"),
        ({"rules": [{"pattern": "x", "tier": "blue"}]}, "rules[0].tier"),
        ({"rules": [{"pattern": "word:A B", "tier": "staging"}]}, "rules[0].pattern"),
        ({"rules": [{"pattern": "x" * 300, "tier": "staging"}]}, "rules[0].pattern"),
        ({"rules": [BLUE], "revision": "1"}, "revision"),
        ({"rules": [BLUE] * 501}, "rules"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_changed(native, body, member):
    before = (await native.get(RULES)).json()
    answer = await native.put(RULES, json=body)
    assert (answer.status_code, [*answer.json()["errors"]]) == (422, [member])
    assert (await native.get(RULES)).json() == before
