"""``/welcome``: the links that create the first account and set passwords."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx2
import pytest
from msgspec.structs import replace

from shipledger.access.people.link import LIFETIME, Link
from shipledger.access.people.roles import Role
from shipledger.access.people.session import hash_secret
from tests.support.people import TESTER, add_person, doorkeeper_of, members_of, sign_in
from tests.support.site import COOKIE, FIRST_SECRET, LOCAL, Html, Site

OURS = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"
ADA = {"link": FIRST_SECRET, "email": "Ada@Example.com", "name": "Ada", "password": PASSWORD, "again": PASSWORD}

MISTAKES = (
    ({"email": "ada"}, "email", "Enter an e-mail address"),
    ({"email": f"{'x' * 300}@example.com"}, "email", "Enter an e-mail address"),
    ({"email": f"{chr(0xFDFA) * 100}@example.com"}, "email", "Enter an e-mail address"),
    ({"name": ""}, "name", "Enter a name"),
    ({"name": "\u202e\u2066"}, "name", "Enter a name"),
    ({"name": "x" * 3_000}, "name", "Enter a name"),
    ({"password": "short", "again": "short"}, "password", "at least 12 characters"),
    ({"password": "a" * 20, "again": "a" * 20}, "password", "more different characters"),
    ({"password": "x y" * 400, "again": "x y" * 400}, "password", "at most 1024"),
    ({"again": f"{PASSWORD} "}, "again", "The two passwords differ."),
)


async def send(site: Site, fields: dict[str, str], **options) -> httpx2.Response:
    return await site.ask("POST", "/welcome", **{"headers": OURS, "cookies": {}, "data": fields, **options})


async def look(site: Site, secret: str) -> httpx2.Response:
    return await site.ask("GET", "/welcome", cookies={}, params={"link": secret})


async def make_link(site: Site, email: str, role: Role = Role.VIEWER) -> str:
    invited = await members_of(site.store, site.clock).invite(site.pen.organization_id, email, role=role, by=TESTER)
    return invited.link


def session_in(answer: httpx2.Response) -> dict[str, str]:
    return {COOKIE: answer.cookies[COOKIE]}


@pytest.mark.both_stores
async def test_the_first_link_makes_the_administrator_of_an_empty_home_and_opens_once(site: Site) -> None:
    assert "shipledger link" in (await site.get("/login", cookies={})).text
    page = Html((await look(site, FIRST_SECRET)).text)
    assert "Create the first administrator" in page.text
    answers = await asyncio.gather(*(send(site, {**ADA, "email": f"{number}@example.com"}) for number in range(3)))
    assert sorted(one.status_code for one in answers) == [303, 404, 404]
    made = next(one for one in answers if one.status_code == 303)
    own = {"cookies": session_in(made)}
    home = Html((await site.get(made.headers["Location"], **own)).text)
    assert "Record your first deployment" in home.text
    assert "Ada" in home.text
    (person,) = await site.store.list_persons()
    (organization,) = [one for one in await site.store.list_organizations() if one.slug == "default"]
    member = await site.store.find_member(organization.organization_id, person.person_id)
    assert member.role is Role.ADMINISTRATOR
    (entry,) = await site.store.list_entries_of("member", organization.organization_id, member.member_id)
    assert str(entry.actor) == f"person:{person.person_id}"
    for answer in (await look(site, FIRST_SECRET), await send(site, ADA)):
        assert (answer.status_code, "used already, or is too old" in answer.text) == (404, True)


@pytest.mark.both_stores
async def test_a_first_account_without_its_membership_gets_that_when_it_signs_in_and_no_other_account_does(site: Site) -> None:
    doorkeeper = doorkeeper_of(site.store, site.clock, first_secrets=[FIRST_SECRET])
    ada = await doorkeeper.create_first(FIRST_SECRET, "ada", email="ada@example.com", name="Ada", password=PASSWORD)
    eve, _ = await doorkeeper.invite("eve", "eve@example.com")
    stranger = await sign_in(site.store, eve, clock=site.clock)
    assert (await site.get("/", cookies={COOKIE: stranger.secret})).status_code == 403
    answer = await site.ask("POST", "/login", headers=OURS, cookies={}, data={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 303
    assert "Record your first deployment" in (await site.get("/", cookies=session_in(answer))).text
    ((organization, member),) = await site.store.list_memberships(ada.person_id)
    assert (organization.slug, member.role) == ("default", Role.ADMINISTRATOR)
    (entry,) = await site.store.list_entries_of("member", organization.organization_id, member.member_id)
    assert str(entry.actor) == "person:ada"
    await site.store.save_person(replace(ada, email="gone@example.com"))
    assert await site.store.find_lone_first() is None, "somebody has belonged to an organization"


async def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays_but_for_the_password(site: Site) -> None:
    for changed, field, told in MISTAKES:
        fields = {**ADA, **changed}
        answer = await send(site, fields)
        page = Html(answer.text)
        assert answer.status_code == 422, changed
        assert told in page.text
        assert page.all("input", id=field, **{"aria-invalid": "true", "aria-describedby": "fault"})
        assert page.all("input", id="email")[0]["value"] == fields["email"]
        assert fields["password"] not in answer.text
        assert "Set-Cookie" not in answer.headers
    assert not await site.store.has_persons()


async def test_a_link_sets_a_password_once_and_ends_all_sessions(one_site: Site) -> None:
    secret = await make_link(one_site, "bob@example.com")
    person = await one_site.store.find_person_by_email("bob@example.com")
    before = await sign_in(one_site.store, person, clock=one_site.clock)
    page = Html((await look(one_site, secret)).text)
    assert "For bob@example.com" in page.text
    assert (await look(one_site, secret)).status_code == 200, "to look at it does not use it up"
    answer = await send(one_site, {"link": secret, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    assert (await one_site.get("/deployments", cookies=session_in(answer))).status_code == 200
    assert (await one_site.get("/deployments", cookies={COOKIE: before.secret})).status_code == 303
    assert (await send(one_site, {"link": secret, "password": PASSWORD, "again": PASSWORD})).status_code == 404
    assert (await doorkeeper_of(one_site.store).sign_in("bob@example.com", PASSWORD, address="", agent="")).person.email


async def test_old_links_those_before_a_newer_one_and_made_up_ones_open_nothing(one_site: Site) -> None:
    old, new = await make_link(one_site, "eve@example.com"), await make_link(one_site, "eve@example.com")
    person = await one_site.store.find_person_by_email("eve@example.com")
    late = Link(hash_secret("late"), one_site.pen.organization_id, person.person_id, one_site.now - LIFETIME)
    for secret in (old, f"{new}x", new[:-1], "", "\u202e", FIRST_SECRET):
        assert (await look(one_site, secret)).status_code == 404
        assert (await send(one_site, {**ADA, "link": secret})).status_code == 404
    await one_site.store.create_link(replace(late, made_at=late.made_at + timedelta(hours=1)))
    assert (await look(one_site, "late")).status_code == 200
    await one_site.store.create_link(replace(late, link_hash=hash_secret("later")))
    assert (await look(one_site, "later")).status_code == 404


async def test_a_link_opens_nothing_for_who_is_disabled_and_from_another_site(one_site: Site) -> None:
    secret = await make_link(one_site, "mallory@example.com")
    fields = {"link": secret, "password": PASSWORD, "again": PASSWORD}
    assert (await send(one_site, fields, headers={"Origin": "https://evil.example"})).status_code == 403
    await members_of(one_site.store, one_site.clock).set_disabled("mallory@example.com", is_disabled=True)
    assert (await send(one_site, fields)).status_code == 404
    someone = await add_person(one_site.store, one_site.pen.organization_id, clock=one_site.clock)
    assert someone.disabled_at is None
