"""``/ledger/v1/people``: invitations, roles and removals over HTTP, for tokens that may administer."""

from __future__ import annotations

import asyncio
import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.native import client_of, issue_token

pytestmark = pytest.mark.both_stores

PEOPLE = "/ledger/v1/people"


@pytest.fixture
async def admin(place):
    """A client whose token may administer the organization."""
    async with client_of(place, await issue_token(place, "administer")) as client:
        yield client


async def invite(client, email, *, status=201, **said):
    answer = await client.post(PEOPLE, json={"email": email, "role": "administrator", **said})
    assert answer.status_code == status, answer.text
    return answer.json()


async def change(client, person, *, status=200, **said):
    answer = await client.patch(f"{PEOPLE}/{person['id']}", json=said)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_somebody_is_invited_changed_and_removed(admin, place):
    ada = await invite(admin, "Ada@example.com", name="Ada")
    link = urlsplit(ada["link"])
    assert (link.path, parse_qs(link.query)["organization"]) == ("/welcome", [place.home])
    assert (ada["is_new"], ada["state"], ada["role"], ada["version"]) == (True, "invited", "administrator", 1)
    again = await invite(admin, "ada@EXAMPLE.com", role="viewer", status=200)
    assert (again["is_new"], again["id"], again["role"]) == (False, ada["id"], "administrator")
    assert again["link"] != ada["link"]
    bob = await invite(admin, "bob@example.com", role=None, teams={"web": "approver"})
    assert (bob["role"], bob["teams"]) == (None, {"web": "approver"})
    bob = await change(admin, bob, role="editor", teams={"web": None, "data": "viewer"})
    assert (bob["role"], bob["teams"], bob["version"]) == ("editor", {"data": "viewer"}, 2)
    assert await change(admin, bob, role="editor") == bob
    bob = await change(admin, bob, logins=["octocat", "Bob@Home.example"], version=2)
    assert (bob["logins"], bob["version"]) == (["octocat", "Bob@Home.example"], 3)
    assert (await change(admin, ada, logins=["OCTOCAT"], status=409))[
        "detail"
    ] == "Somebody else of this organization is known as 'OCTOCAT'."
    bob = await change(admin, bob, logins=["Octocat"])
    assert bob["logins"] == ["octocat"]
    listed = (await admin.get(PEOPLE, params={"limit": 1})).json()
    assert [one["email"] for one in listed["people"]] == ["Ada@example.com"]
    rest = (await admin.get(PEOPLE, params={"limit": 1, "cursor": listed["next_cursor"]})).json()
    assert (rest["people"], rest["next_cursor"]) == ([bob], None)
    for query in ({"role": "editor"}, {"team": "DATA"}):
        assert [one["id"] for one in (await admin.get(PEOPLE, params=query)).json()["people"]] == [bob["id"]], query
    assert (await admin.get(PEOPLE, params={"state": "active"})).json()["people"] == []
    table = [*csv.DictReader(io.StringIO((await admin.get(PEOPLE, params={"format": "csv"})).text))]
    assert [(one["email"], one["role"]) for one in table] == [("Ada@example.com", "administrator"), ("bob@example.com", "editor")]
    assert (await admin.get(f"{PEOPLE}/{bob['id']}")).json() == bob
    made = await admin.post(f"{PEOPLE}/{bob['id']}/link")
    assert (made.status_code, made.json()["link"] != bob.get("link")) == (201, True)
    assert (await admin.delete(f"{PEOPLE}/{bob['id']}")).status_code == 204
    for gone in (await admin.get(f"{PEOPLE}/{bob['id']}"), await admin.delete(f"{PEOPLE}/{bob['id']}")):
        assert gone.status_code == 404
    organization_id = await place.organization_id(place.home)
    store = place.app.store
    member_ids = [one.member_id for one in await store.list_members(organization_id)]
    entries = [one for each in member_ids for one in await store.list_entries_of("member", organization_id, each)]
    assert {str(one.actor).partition(":")[0] for one in entries} == {"credential"}


ODD_LOGINS = [{"logins": one} for one in ({"a": 1}, ["x" * 10_000], ["a\u202eb"], [str(each) for each in range(51)])]
REFUSED = [
    ({}, "email"),
    ({"email": "ada", "role": "viewer"}, "email"),
    ({"email": "a@example.com"}, "role"),
    ({"email": "a@example.com", "role": "king"}, "role"),
    ({"email": "a@example.com", "role": "viewer", "name": "\u202e"}, "name"),
    ({"email": "a@example.com", "role": "viewer", "name": "x" * 10_000}, "name"),
    ({"email": "a@example.com", "teams": {"": "viewer"}}, "teams."),
    ({"email": "a@example.com", "teams": {"web": "king"}}, "teams.web"),
    ({"email": "a@example.com", "teams": {"w\0b": "viewer"}}, "teams.w\0b"),
    ({"email": "a@example.com", "teams": ["web"]}, "teams"),
    ({"email": "a@example.com", "role": "viewer", "password": "x"}, "password"),
    ([], "body"),
]


async def test_what_cannot_be_meant_is_refused_with_the_member_that_is_wrong(admin):
    for body, member in REFUSED:
        answer = await admin.post(PEOPLE, json=body)
        assert (answer.status_code, [*answer.json()["errors"]]) == (422, [member]), answer.text
    ada = await invite(admin, "ada-of-refusals@example.com")
    for body in (
        {},
        {"role": "king"},
        {"role": "viewer", "version": 0},
        {"version": 1},
        {"role": "viewer", "version": True},
        *ODD_LOGINS,
    ):
        answer = await admin.patch(f"{PEOPLE}/{ada['id']}", json=body)
        assert answer.status_code == 422, body
    assert (await admin.get(f"{PEOPLE}/nobody")).status_code == 404
    assert (await admin.get(PEOPLE, params={"role": "king"})).status_code == 422


async def test_of_two_who_change_the_same_at_once_one_is_told_and_an_administrator_stays(admin):
    ada, bob = [await invite(admin, f"{name}-at-once@example.com") for name in ("ada", "bob")]
    answers = await asyncio.gather(*(admin.patch(f"{PEOPLE}/{one['id']}", json={"role": "viewer"}) for one in (ada, bob)))
    assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
    (refused,) = (one for one in answers if one.status_code == 409)
    assert "last administrator" in refused.json()["detail"]
    left = (await admin.get(PEOPLE, params={"role": "administrator"})).json()["people"]
    assert len(left) == 1
    assert (await admin.delete(f"{PEOPLE}/{left[0]['id']}")).status_code == 409
    (other,) = (one for one in (ada, bob) if one["id"] != left[0]["id"])
    late = await change(admin, other, status=409, role="editor", version=1)
    assert "Somebody else has changed this person meanwhile" in late["detail"]
    assert (await admin.delete(f"{PEOPLE}/{other['id']}", params={"version": 1})).status_code == 409


async def test_a_token_administers_nobody_unless_it_was_given_that_expressly_and_nobody_of_another_organization(admin, place):
    ada = await invite(admin, "ada-of-scopes@example.com")
    async with client_of(place, await issue_token(place, organization=place.home)) as ordinary:
        for answer in (
            await ordinary.get(PEOPLE),
            await ordinary.post(PEOPLE, json={}),
            await ordinary.delete(f"{PEOPLE}/{ada['id']}"),
        ):
            assert answer.status_code == 403
    async with client_of(place, await issue_token(place, "administer", organization="people-rival")) as rival:
        assert (await rival.get(f"{PEOPLE}/{ada['id']}")).status_code == 404
        assert (await rival.post(f"{PEOPLE}/{ada['id']}/link")).status_code == 404
        assert (await rival.get(PEOPLE)).json()["people"] == []
        pending = await invite(rival, "ada-of-scopes@example.com")
        assert pending["link"] is None, "it would open the other organization as well"
    refused = await admin.post(f"{PEOPLE}/{ada['id']}/link")
    assert (refused.status_code, "belongs to another organization too" in refused.json()["detail"]) == (409, True)
