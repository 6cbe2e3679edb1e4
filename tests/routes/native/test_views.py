"""``/ledger/v1/views``."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from shipledger.access.issuing import Limits
from shipledger.access.people.roles import Role
from shipledger.access.people.tokens import TokenWish
from tests.support.native import client_of, issue_token
from tests.support.people import TESTER, add_person, tokens_of
from tests.support.server import Server

PATH = "/ledger/v1/views"


async def token_of(place: Server, role: Role) -> str:
    store, clock, owner = place.app.store, place.app.clock, await place.organization_id()
    person = await add_person(store, owner, role, name="Ada", clock=clock)
    wish = TokenWish(name="nightly", scopes=frozenset({"read"}), expires_at=clock.now() + timedelta(days=30), limits=Limits())
    made = await tokens_of(store, clock).issue(owner, person.person_id, wish, randomness=secrets.token_bytes(8), by=TESTER)
    return made.secret


@pytest.mark.both_stores
async def test_a_person_keeps_views_with_a_token_and_others_see_none_of_them(place: Server):
    async with client_of(place, await token_of(place, Role.VIEWER)) as ada:
        made = await ada.post(PATH, json={"name": "Failed", "query": "?state=failed&limit=9"})
        assert made.status_code == 200
        assert (made.json()["query"], made.json()["path"]) == ("state=failed", "/deployments?state=failed")
        again = (await ada.post(PATH, json={"name": "Failed", "query": "state=failed&range=7d"})).json()
        assert again["id"] == made.json()["id"]
        assert [one["query"] for one in (await ada.get(PATH)).json()["views"]] == ["range=7d&state=failed"]
        async with client_of(place, await token_of(place, Role.ADMINISTRATOR)) as ben:
            assert (await ben.get(PATH)).json()["views"] == []
            assert (await ben.delete(f"{PATH}/{again['id']}")).status_code == 404
        for wrong, members in (
            ({}, {"name", "query"}),
            ({"name": "x"}, {"query"}),
            ({"name": "x", "query": "limit=9"}, {"query"}),
            ({"name": "x", "query": "&".join(["a=b"] * 101)}, {"query"}),
            ({"name": " ", "query": "state=failed"}, {"name"}),
            ({"name": "\N{RIGHT-TO-LEFT OVERRIDE}", "query": "state=failed"}, {"name"}),
            ([], {"body"}),
            (7, {"body"}),
        ):
            refused = await ada.post(PATH, json=wrong)
            assert (refused.status_code, set(refused.json()["errors"])) == (422, members), wrong
        assert (await ada.get(PATH, params={"name": "x"})).status_code == 422
        assert (await ada.delete(f"{PATH}/{again['id']}")).status_code == 204
        assert (await ada.get(PATH)).json()["views"] == []
    async with client_of(place, await issue_token(place)) as credential:
        for answer in (await credential.get(PATH), await credential.post(PATH, json={}), await credential.delete(f"{PATH}/x")):
            assert answer.status_code == 403
