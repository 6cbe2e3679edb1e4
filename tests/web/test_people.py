"""``/settings/people``: who belongs to the organization, and what administrators change there."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx2
import pytest

from shipledger.access.people.roles import Role
from shipledger.access.people.session import form_token
from shipledger.catalog.organization import Organization
from shipledger.catalog.service import ServiceDraft
from shipledger.catalog.services.relation import RelationKind
from tests.support.people import TESTER, add_person, doorkeeper_of, members_of, sign_in
from tests.support.services import directory_of
from tests.support.settings import change_settings
from tests.support.site import COOKIE, LOCAL, Html, Site

PATH, OURS = "/settings/people", {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"
LINK = re.compile(r"http://localhost:8080/welcome\?organization=default&link=([\w-]+)")


async def send(site: Site, path: str = PATH, **fields: str) -> httpx2.Response:
    return await site.send(fields, path=path)


async def invite(site: Site, email: str, **fields: str) -> httpx2.Response:
    return await send(site, email=email, **{"name": "", "role": "editor", "team": "", "team_role": "viewer", **fields})


def link_in(answer: httpx2.Response) -> str:
    found = LINK.findall(html.unescape(answer.text))
    assert len(found) == 1, answer.text
    return found[0]


async def member_of(site: Site, email: str) -> tuple[Any, Any]:
    return await members_of(site.store, site.clock).get(site.pen.organization_id, email)


async def change(site: Site, email: str, **fields: str) -> httpx2.Response:
    """The answer to a form of the page of somebody, as it stands now."""
    person, member = await member_of(site, email)
    return await send(site, f"{PATH}/{person.person_id}", **{"expects": str(member.version), **fields})


async def add_elsewhere(site: Site, email: str, *, has_password: bool = False) -> str:
    """Somebody of another organization; the id of that."""
    rival = Organization("a-rival-of-tests", "rival", "Rival", site.now)
    if await site.store.find_organization("rival") is None:
        await site.store.save_organization(rival)
    person = await add_person(site.store, rival.organization_id, email=email, clock=site.clock)
    if has_password:
        await site.store.save_password(person.person_id, "a hash", now=site.now)
    return rival.organization_id


@pytest.mark.both_stores
async def test_somebody_is_invited_changed_and_removed_and_every_change_names_the_administrator(site: Site) -> None:
    admin = (await site.visit_of(Role.ADMINISTRATOR)).person
    answer = await invite(site, "Bob@Example.com", name="Bob", team="web", team_role="approver")
    assert answer.status_code == 200
    assert "Invited: send this link" in Html(answer.text).text
    secret = link_in(answer)
    welcome = await site.get(f"/welcome?organization=default&link={secret}", cookies={})
    assert "For Bob@Example.com, in the organization" in Html(welcome.text).text
    assert secret not in (await site.get(PATH)).text, "it is shown once"
    assert "Invited" in (await site.page(PATH)).text
    assert await doorkeeper_of(site.store).choose_password(secret, PASSWORD)

    assert (await change(site, "bob@example.com", action="role", role="approver")).status_code == 303
    assert (await change(site, "bob@example.com", action="team", team="data", team_role="viewer")).status_code == 303
    assert (await change(site, "bob@example.com", action="team", team="web", team_role="none")).status_code == 303
    same = await change(site, "bob@example.com", action="role", role="approver")
    assert same.headers["Location"].endswith("?done=nothing")
    for fields in ({"login": "octocat"}, {"login": "{42}"}, {"drop": "OCTOCAT"}):
        answer = await change(site, "bob@example.com", action="login", **fields)
        assert answer.headers["Location"].endswith("?done=login")
    person, member = await member_of(site, "bob@example.com")
    assert member.logins == ("{42}",)
    taken = Html((await change(site, admin.email, action="login", login="{42}")).text)
    assert taken.all("input", id="login", **{"aria-describedby": "fault"})[0]["value"] == "{42}"
    assert (member.role, member.team_roles) == (Role.APPROVER, {"data": Role.VIEWER})
    again = await change(site, "bob@example.com", action="link")
    assert (again.status_code, link_in(again) != secret) == (200, True)
    page = await site.page(f"{PATH}/{person.person_id}")
    for told in (
        "Added as editor.",
        "Is approver in the team web.",
        "Is approver now.",
        "Is known to senders as octocat now.",
        "No longer has a role in the team web.",
    ):
        assert told in page.text
    assert "Got a link that sets the password." in page.text
    assert (await change(site, "bob@example.com", action="remove")).headers["Location"] == f"{PATH}?done=removed"
    entries = await site.store.list_entries_of("member", site.pen.organization_id, member.member_id)
    assert [str(one.actor) for one in entries] == [f"person:{admin.person_id}"] * 9
    gone = await send(site, f"{PATH}/{person.person_id}", action="role", role="viewer", expects="9")
    assert (gone.status_code, "has removed this person meanwhile" in gone.text) == (409, True)
    assert (await site.get(f"{PATH}/{person.person_id}")).status_code == 404


MISTAKES = [
    ({"email": "bob"}, "email", "Enter an e-mail address"),
    ({"email": "b@example.com", "name": "x" * 10_000}, "name", "Enter a name"),
    ({"email": "b@example.com", "name": "\u202e"}, "name", "Enter a name"),
    ({"email": "b@example.com", "role": "king"}, "role", "Choose a role"),
    ({"email": "b@example.com", "role": "none"}, "role", "Choose a role"),
    ({"email": "b@example.com", "team": "t" * 600}, "team", "1 to 512 characters"),
    ({"email": "b@example.com", "team": "<b>", "team_role": "none"}, "team", "Choose a role in the team"),
]


async def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(one_site: Site) -> None:
    for fields, field, told in MISTAKES:
        answer = await invite(one_site, **fields)
        page = Html(answer.text)
        assert (answer.status_code, told in page.text) == (422, True), fields
        shown = page.all("select" if field == "role" else "input", id=field, **{"aria-describedby": "fault"})
        assert len(shown) == 1, fields
        assert page.all("input", id="email")[0]["value"] == fields["email"]
    assert await one_site.store.find_person_by_email("b@example.com") is None


async def test_of_two_who_change_somebody_at_once_the_second_is_told_and_the_last_administrator_stays(one_site: Site) -> None:
    await add_person(one_site.store, one_site.pen.organization_id, Role.VIEWER, email="eve@example.com", clock=one_site.clock)
    _, seen = await member_of(one_site, "eve@example.com")
    assert (await change(one_site, "eve@example.com", action="role", role="editor")).status_code == 303
    for fields in (
        {"action": "role", "role": "approver"},
        {"action": "team", "team": "web", "team_role": "viewer"},
        {"action": "remove"},
    ):
        late = await change(one_site, "eve@example.com", **fields, expects=str(seen.version))
        assert (late.status_code, "Somebody else has changed this person meanwhile" in late.text) == (409, True), fields
    for expects in ("", "x", "0", "9" * 30):
        assert (await change(one_site, "eve@example.com", action="role", role="viewer", expects=expects)).status_code == 422
    assert (await change(one_site, "eve@example.com", action="fly")).status_code == 422
    assert (await member_of(one_site, "eve@example.com"))[1].role is Role.EDITOR
    admin = (await one_site.visit_of(Role.ADMINISTRATOR)).person
    for fields in ({"action": "role", "role": "viewer"}, {"action": "remove"}):
        answer = await change(one_site, admin.email, **fields)
        assert (answer.status_code, "last administrator" in answer.text) == (409, True)
    nothing = await change(one_site, "eve@example.com", action="role", role="none")
    assert (nothing.status_code, "needs a role" in nothing.text) == (422, True)


async def test_others_see_names_and_roles_and_no_address_no_form_and_nobody_who_is_not_signed_in_anything(one_site: Site) -> None:
    organization_id = one_site.pen.organization_id
    await add_person(one_site.store, organization_id, email="zoe@example.com", name="Zoe <b>\u202eevil", clock=one_site.clock)
    for role in (Role.VIEWER, Role.APPROVER):
        answer = await one_site.get(PATH, role=role)
        page = Html(answer.text)
        assert "Zoe <b>evil" in page.text
        assert "zoe@example.com" not in answer.text
        assert "Last seen" not in page.text
        assert [form.get("action") for form in page.all("form", method="post")] == ["/logout", "/theme"]
        assert "Nobody is called so" in (await one_site.get(f"{PATH}?text=zoe@", role=role)).text
    assert "zoe@example.com" in (await one_site.get(f"{PATH}?text=zoe@")).text
    await change_settings(one_site.store, organization_id, readers="everybody")
    fresh = {"public_url": "http://localhost:8080"}  # pages that remember nothing of before
    assert (await one_site.get("/deployments", cookies={}, settings=fresh)).status_code == 200
    assert (await one_site.get(PATH, cookies={}, settings=fresh)).headers["Location"].startswith("/login")


async def test_no_administrator_gets_a_link_into_an_account_of_another_organization(one_site: Site) -> None:
    await add_elsewhere(one_site, "pending@example.com")
    answer = await invite(one_site, "pending@example.com")
    assert (answer.status_code, answer.headers.get("Location")) == (303, f"{PATH}?done=invited"), "they have a link already"
    for email in ("pending@example.com",):
        refused = await change(one_site, email, action="link")
        assert (refused.status_code, "belongs to another organization too" in refused.text) == (409, True)
        assert LINK.search(html.unescape(refused.text)) is None
    own = await members_of(one_site.store, one_site.clock).invite(
        one_site.pen.organization_id, "both@example.com", role=Role.VIEWER, by=TESTER
    )
    await one_site.store.save_password(own.person.person_id, "a hash", now=one_site.now)
    secret = link_in(await change(one_site, "both@example.com", action="link"))
    await add_elsewhere(one_site, "both@example.com", has_password=True)
    assert (await one_site.get(f"/welcome?link={secret}", cookies={})).status_code == 404, "a link of before is over by then"
    await members_of(one_site.store, one_site.clock).set_disabled("both@example.com", is_disabled=True)
    refused = await change(one_site, "both@example.com", action="link")
    assert (refused.status_code, "user enable" in refused.text) == (409, True)


async def test_a_form_of_another_session_changes_nobody(one_site: Site) -> None:
    editor = await one_site.visit_of(Role.EDITOR)
    for token in ("", "x", form_token(editor.secret)):
        answer = await one_site.ask(
            "POST", PATH, headers=OURS, data={"form_token": token, "email": "x@example.com", "role": "viewer"}
        )
        assert answer.status_code == 403
    assert await one_site.store.find_person_by_email("x@example.com") is None


async def test_when_somebody_was_last_seen_outlasts_their_session(one_site: Site) -> None:
    person = await add_person(
        one_site.store, one_site.pen.organization_id, Role.VIEWER, email="seen@example.com", clock=one_site.clock
    )
    before = (await one_site.page(f"{PATH}?text=seen@example.com")).text
    visit = await sign_in(one_site.store, person, clock=one_site.clock)
    await one_site.get("/deployments", cookies={COOKIE: visit.secret})
    await one_site.store.end_sessions(person.person_id)
    after = (await one_site.page(f"{PATH}?text=seen@example.com")).text
    assert ("Invited never" in before, "Active just now" in after) == (True, True), after


async def test_an_editor_of_a_team_configures_the_services_of_that_team_and_nothing_else(one_site: Site) -> None:
    owner = one_site.pen.organization_id
    drafts = [ServiceDraft(name="Payments", team_id="Money"), ServiceDraft(name="Search", team_id="data")]
    own, other = [await directory_of(one_site.store).create_service(owner, one, by=TESTER) for one in drafts]
    teams = {"money": Role.EDITOR, "data": Role.VIEWER}
    person = await add_person(one_site.store, owner, None, email="team@example.com", teams=teams, clock=one_site.clock)
    visit = await sign_in(one_site.store, person, owner, clock=one_site.clock)
    cookies = {COOKIE: visit.secret}

    async def post(path: str, **fields: str) -> int:
        data = {"form_token": form_token(visit.secret), **fields}
        return (await one_site.ask("POST", path, cookies=cookies, headers=OURS, data=data)).status_code

    mapped = {"repository": "acme/payments", "action": "map"}
    assert await post("/repositories", service=own.service_id, **mapped) == 303
    assert await post("/repositories", service=other.service_id, **mapped) == 403
    relation = {"kind": RelationKind.DEPENDS_ON.value, "other": "Search"}
    assert await post(f"/services/{own.slug}/relations", **relation) == 303
    assert await post(f"/services/{other.slug}/relations", **{**relation, "other": "Payments"}) == 403
    limit = "/settings/values/silence_limit_hours"
    of_scopes = {
        f"service={own.slug}": 303,
        f"service={other.slug}": 403,
        "team=MONEY": 303,
        "team=data": 403,
        "": 403,
        "pipeline=x": 403,
    }
    for query, status in of_scopes.items():
        path = f"{limit}?{query}"
        page = Html((await one_site.get(path, cookies=cookies)).text)
        assert bool([one for one in page.all("form", method="post") if limit in one["action"]]) is (status == 303), query
        hidden = {one["name"]: one["value"] for one in page.all("input", type="hidden")}
        assert await post(path, action="set", value="7", **({"seen": "any"} | hidden)) == status, query
    for path, fields in (("/environments", {"action": "alias"}), (PATH, {"email": "x@example.com", "role": "viewer"})):
        assert await post(path, **fields) == 403, path
    forms = {}
    for service in (own, other):
        page = Html((await one_site.get(f"/services/{service.slug}", cookies=cookies)).text)
        forms[service.name] = [one for one in page.all("form", method="post") if "relations" in one["action"]]
    assert (bool(forms["Payments"]), forms["Search"]) == (True, [])
