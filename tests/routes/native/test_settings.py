"""``GET`` and ``PUT /ledger/v1/settings``, and their history."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.access.grant import Scope
from tests.support.native import client_of, issue_token

SETTINGS = "/ledger/v1/settings"
HISTORY = f"{SETTINGS}/history"


async def in_force(client, query=""):
    answer = await client.get(f"{SETTINGS}?{query}")
    assert answer.status_code == 200, answer.text
    return {one["key"]: (one["value"], one["source"]) for one in answer.json()["settings"]}


async def put(client, status=200, **body):
    answer = await client.put(SETTINGS, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.both_stores
async def test_settings_are_set_for_each_scope_inherited_and_withdrawn_and_say_where_they_come_from(native):
    await native.post("/ledger/v1/services", json={"name": "Till", "team": "Web", "names": ["cash desk"]})
    before = await in_force(native)
    assert (before["gate_timeout_hours"], before["issue_mode"]) == ((168, "default"), (None, "default"))
    answer = await native.put(
        SETTINGS,
        json=[
            {"settings": {"gate_timeout_hours": 72, "silence_limit_hours": 2.5}},
            {"settings": {"gate_timeout_hours": 12}, "team": "web"},
            {"settings": {"gate_timeout_hours": 0}, "pipeline": "deploy/eu"},
        ],
    )
    assert [one["scope"] for one in answer.json()["scopes"]] == ["organization", "team Web", "pipeline deploy/eu"]
    posted = await native.post(SETTINGS, json={"settings": {"gate_timeout_hours": 0}, "pipeline": "deploy/eu"})
    assert (posted.status_code, posted.json()["scope"]) == (200, "pipeline deploy/eu")
    assert (await in_force(native, "service=Cash Desk"))["gate_timeout_hours"] == (12, "team Web")
    assert (await in_force(native, "pipeline=Deploy/EU"))["gate_timeout_hours"] == (0, "pipeline deploy/eu")
    assert (await in_force(native, "pipeline=other"))["gate_timeout_hours"] == (72, "organization")

    told = await put(native, settings={"gate_timeout_hours": 5}, service="till")
    (one,) = [one for one in told["settings"] if one["key"] == "gate_timeout_hours"]
    assert (one["value"], one["source"], one["changed_by"].partition(":")[0]) == (5, "service Till", "credential")
    assert await put(native, settings={"gate_timeout_hours": 5}, service="till") == told, "sent again, it changes nothing"
    await put(native, settings={"gate_timeout_hours": None}, service="till")
    assert (await in_force(native, "service=till"))["gate_timeout_hours"] == (12, "team Web")

    history = (await native.get(f"{HISTORY}?service=till")).json()
    assert (history["scope"], [one["changes"] for one in history["history"]]) == (
        "service Till",
        [["gate_timeout_hours set to 5."], ["gate_timeout_hours is inherited again."]],
    )


async def test_changes_of_several_at_once_lose_nothing(native):
    await asyncio.gather(
        *(put(native, settings={key: hours}) for hours in (1, 2, 3) for key in ("gate_timeout_hours", "silence_limit_hours")),
        put(native, settings={"issue_mode": "projects", "issue_projects": ["ship"]}),
    )
    found = await in_force(native)
    assert found["issue_projects"] == (["SHIP"], "organization")
    assert {found[key][0] for key in ("gate_timeout_hours", "silence_limit_hours")} <= {1, 2, 3}
    refused = await put(native, 409, settings={"issue_projects": None})
    assert refused["detail"] == "issue_projects must name a project while issue_mode is projects."


async def test_a_dry_run_says_what_a_shorter_retention_would_erase_and_changes_nothing(place, native):
    body = {"settings": {"receipt_retention_days": 1, "issue_mode": "open"}}
    async with client_of(place, await issue_token(place, Scope.CONFIGURATION, "administer")) as administrator:
        answer = await administrator.put(f"{SETTINGS}?dry_run=true", json=body)
    (lost,) = answer.json()["erases"]
    assert (answer.status_code, lost["key"], lost["count"]) == (200, "receipt_retention_days", 0)
    assert "will lose what arrived, for good." in lost["sentence"]
    assert (await in_force(native))["receipt_retention_days"] == (400, "default")
    assert (await native.put(f"{SETTINGS}?dry_run=maybe", json={"settings": {}})).status_code == 422
    assert "erases" not in await put(native, settings={})


@pytest.mark.parametrize(
    "body, member, said",
    [
        ({}, "settings", "should be provided"),
        ({"settings": [1]}, "settings", "should be an object"),
        ({"settings": {"colour": 1}}, "settings.colour", "is no setting; the settings are issue_mode, "),
        ({"settings": {"gate_timeout_hours": "1"}}, "settings.gate_timeout_hours", "must be a number of hours from 0 to 87,600"),
        ({"settings": {"issue_mode": "all"}}, "settings.issue_mode", "must be open, projects or synced"),
        ({"settings": {"issue_mode": "open"}, "team": "Web"}, "settings.issue_mode", "cannot be set for a team, only for"),
        ({"settings": {}, "team": "Web"}, "team", "There is no team 'Web'; no service has a team yet."),
        ({"settings": {}, "service": "Till"}, "service", "There is no service 'Till'."),
        ({"settings": {}, "service": "a", "pipeline": "b"}, "pipeline", "at most one of team, service, pipeline"),
        ({"settings": {}, "scope": "a"}, "scope", "is not a member here"),
        ([{"settings": {"gate_timeout_hours": 1}}, {"settings": {"\u0000": 1}}], "[1].settings.\u0000", "is no setting"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_changed(native, body, member, said):
    answer = await native.put(SETTINGS, json=body)
    assert (answer.status_code, [*answer.json()["errors"]]) == (422, [member])
    assert said in answer.json()["errors"][member]
    assert (await native.get(HISTORY)).json() == {"scope": "organization", "history": []}


async def test_who_asks_about_what_is_not_there_or_without_the_right_is_told(place, native):
    assert (await native.get(f"{SETTINGS}?service=nothing")).json()["detail"] == "There is no service 'nothing'."
    assert (await native.get(f"{HISTORY}?team=nobody")).status_code == 404
    refused = await native.get(f"{SETTINGS}?team=a&service=b&colour=c")
    assert sorted(refused.json()["errors"]) == ["colour", "service"]
    async with client_of(place, await issue_token(place, Scope.READ, Scope.WRITE)) as reader:
        assert (await reader.get(SETTINGS)).status_code == 200
        assert (await reader.put(SETTINGS, json={"settings": {}})).status_code == 403


async def test_what_opens_pages_or_erases_takes_the_right_to_administer(place, native):
    rights = {one["key"]: one["right"] for one in (await native.get(SETTINGS)).json()["settings"]}
    administered = {"readers": "everybody", "receipt_retention_days": 9, "outbox_retention_days": 9, "refused_retention_days": 9}
    assert {key for key, right in rights.items() if right == "administer"} == administered.keys()
    async with client_of(place, await issue_token(place, Scope.READ, Scope.CONFIGURATION)) as editor:
        for key, value in administered.items():
            body = [{"settings": {"gate_timeout_hours": 1}}, {"settings": {key: value}}]
            for query in ("", "?dry_run=true"):
                refused = await editor.put(f"{SETTINGS}{query}", json=body)
                assert refused.status_code == 403
                assert refused.json()["detail"] == f"This token lacks the right to administer, which {key} takes."
        assert (await in_force(editor))["gate_timeout_hours"][1] != "organization"
        assert (await editor.put(SETTINGS, json={"settings": {"gate_timeout_hours": 1}})).status_code == 200
    async with client_of(place, await issue_token(place, Scope.READ, Scope.CONFIGURATION, "administer")) as administrator:
        assert (await administrator.put(SETTINGS, json={"settings": administered})).status_code == 200
