"""``/profile``: somebody's own account."""

from __future__ import annotations

from shipledger.access.people.roles import Role
from shipledger.access.people.session import form_token
from tests.support.people import doorkeeper_of, sign_in
from tests.support.site import COOKIE, LOCAL, Site

OURS = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
FIRST, SECOND = "correct horse battery", "battery staple correct"


async def post(site: Site, visit, path: str, **fields: str):
    data = {"form_token": form_token(visit.secret), **fields}
    return await site.ask("POST", path, headers=OURS, cookies={COOKIE: visit.secret}, data=data)


async def test_sessions_are_listed_and_ended_one_by_one(site: Site) -> None:
    mine = await site.visit_of(Role.VIEWER)
    other = await sign_in(site.store, mine.person, site.pen.organization_id, clock=site.clock)
    page = await site.get("/profile", cookies={COOKIE: mine.secret})
    assert (page.text.count("this one"), page.text.count("last used")) == (1, 1)
    assert (await post(site, mine, "/profile/sessions", session=other.session.session_id)).status_code == 303
    assert (await site.get("/profile", cookies={COOKIE: other.secret})).status_code == 303
    assert (await site.get("/profile", cookies={COOKIE: mine.secret})).status_code == 200


async def test_another_password_signs_out_everywhere_else(site: Site) -> None:
    mine = await site.visit_of(Role.VIEWER)
    doorkeeper = doorkeeper_of(site.store, site.clock)
    link = await doorkeeper.make_link(site.pen.organization_id, mine.person.person_id)
    person = await doorkeeper.choose_password(link, FIRST)
    here, there = [await sign_in(site.store, person, clock=site.clock) for _ in range(2)]
    fields = {"present": FIRST, "password": SECOND, "again": SECOND}
    for wrong in ({"present": "guess"}, {"again": "other"}, {"password": "short", "again": "short"}):
        assert (await post(site, here, "/profile/password", **{**fields, **wrong})).status_code == 422
    assert (await post(site, here, "/profile/password", **fields)).status_code == 303
    assert (await site.get("/profile", cookies={COOKIE: here.secret})).status_code == 200
    assert (await site.get("/profile", cookies={COOKIE: there.secret})).status_code == 303


async def test_a_form_of_another_session_or_site_changes_nothing(site: Site) -> None:
    mine, other = await site.visit_of(Role.VIEWER), await site.visit_of(Role.EDITOR)
    for token in ("", form_token(other.secret)):
        assert (await post(site, mine, "/profile/sessions", form_token=token)).status_code == 403
    answer = await site.ask(
        "POST",
        "/profile/sessions",
        headers={"Origin": "https://evil.example"},
        cookies={COOKIE: mine.secret},
        data={"form_token": form_token(mine.secret)},
    )
    assert answer.status_code == 403
