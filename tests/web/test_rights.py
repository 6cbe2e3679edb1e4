"""Every page, asked by everybody: what a role may do stands in one table, and the routes say what they ask for."""

from __future__ import annotations

from typing import Any

from shipledger.access.people.doorkeeper import Visit
from shipledger.access.people.roles import RIGHTS, Right, Role
from shipledger.access.people.session import form_token
from shipledger.web.pages.settings_tabs import TABS
from tests.support.pen import new_pen
from tests.support.people import add_person, sign_in
from tests.support.project import read
from tests.support.site import COOKIE, LOCAL, Site
from tools import draw_rights

NOTE = "Marzipan-Confidential"
OF_ANYONE_SIGNED_IN = {
    *("GET /profile", "POST /profile/password", "POST /profile/sessions"),  # one's own account
    *("POST /profile/tokens", "POST /profile/tokens/revoke"),
    "POST /deployments/views",  # one's own
    "GET /ledger/docs",  # the same for all organizations
}
CHANGING = {
    *("POST /sources", "POST /sources/{source}/rotate", "POST /sources/{source}/revoke"),
    "POST /deployments/{deployment_id}/corrections",
    "POST /deployments/{deployment_id}/merging",
    "POST /gates/{key}",
    "POST /repositories",
    "POST /environments",
    "POST /inbox",
    "POST /services/{service}/relations",
    "POST /settings/values/{key}",
    "POST /settings/tiers",
    "POST /settings/webhooks",
    "POST /settings/webhooks/messages",
    "POST /settings/people",
    "POST /settings/people/{person}",
}

ROUTES = draw_rights.list_page_routes()


def name_of(asked: draw_rights.PageRoute) -> str:
    return f"{asked.method} {asked.path}"


def test_every_route_asks_for_a_right_and_what_changes_something_for_more_than_reading():
    assert len(ROUTES) > 20
    assert {name_of(one) for one in ROUTES if one.right is None} == OF_ANYONE_SIGNED_IN
    posts = {name_of(one): one.right for one in ROUTES if one.method == "POST" and one.right is not None}
    assert posts.keys() == CHANGING
    assert Right.READ not in posts.values()


def test_every_tab_of_settings_leads_to_a_page_for_those_who_see_the_tab():
    rights = {one.path: one.right for one in ROUTES if one.method == "GET"}
    assert {tab.path: tab.right for tab in TABS} == {tab.path: rights[tab.path] for tab in TABS}


def test_the_page_of_rights_is_that_of_the_routes():
    page = read(draw_rights.PAGE)
    assert page == draw_rights.redraw(page, draw_rights.DRAWINGS), "run `python -m tools.draw_rights`"


def may(role: Role | None, asked: draw_rights.PageRoute) -> bool:
    return role is not None and (asked.right is None or asked.right in RIGHTS[role])


async def ask(site: Site, asked: draw_rights.PageRoute, ids: dict[str, str], visit: Visit | None):
    path = asked.path.replace(":path}", "}").format(**ids)
    sent: dict[str, Any] = {"headers": {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}}
    if asked.method == "POST":
        sent["data"] = {"form_token": form_token(visit.secret) if visit else "", "session": "none"}
    return await site.ask(asked.method, path, cookies={COOKIE: visit.secret} if visit else {}, **sent)


async def test_each_role_reaches_what_its_rights_allow_and_another_organization_nothing_of_it(site: Site):
    _, verdict = await site.pen.record(at=site.now, title=NOTE, issue_keys=("SHIP-1",), external_id=NOTE)
    service = await site.pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=site.now, description=NOTE)
    receipt = site.pen.receipt("create", at=site.now, body=NOTE)
    await site.pen.settle_raw(receipt)
    ids = {
        "deployment_id": verdict.deployment_id,
        "receipt_id": receipt.receipt_id,
        "service": service.slug,
        "issue": "SHIP-1",
        "project": "SHIP",
        "incident_id": "none",
        "key": "GATE-1",
        "source": "none",
        "person": (await site.visit_of(Role.VIEWER)).person.person_id,
    }
    rival = await new_pen(site.store, now=site.now, slug="rival")
    stranger = await sign_in(site.store, await add_person(site.store, rival.organization_id, clock=site.clock), clock=site.clock)
    for asked in ROUTES:
        for role in (None, *Role):
            visit = None if role is None else await site.visit_of(role)
            answer = await ask(site, asked, ids, visit)
            told = f"{role} {name_of(asked)}: {answer.status_code}"
            if role is None:
                assert answer.headers["Location"].startswith("/login"), told
            elif may(role, asked):
                assert answer.status_code not in {401, 403, 500}, told
            else:
                assert answer.status_code == 403, told
                assert f"this: {asked.right}." in answer.text, told
        answer = await ask(site, asked, ids, stranger)
        assert answer.status_code not in {403, 500}, name_of(asked)
        assert NOTE not in answer.text, name_of(asked)
    for role in Role:
        visit = await site.visit_of(role)
        answer = await ask(site, draw_rights.PageRoute("GET", "/requests/{receipt_id}", Right.READ), ids, visit)
        assert (NOTE in answer.text) is (Right.INSPECT in RIGHTS[role]), "what arrived is for those who may inspect"
        answer = await ask(site, draw_rights.PageRoute("GET", "/deployments/{deployment_id}", Right.READ), ids, visit)
        assert NOTE in answer.text
