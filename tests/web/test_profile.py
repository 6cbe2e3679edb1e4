"""``/profile``: somebody's own account."""

from __future__ import annotations

import re

from shipledger.access.people.roles import Role
from shipledger.access.people.session import form_token
from tests.support.people import doorkeeper_of, sign_in, tokens_of
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


async def test_a_token_is_shown_once_listed_and_revoked_by_its_owner_alone(site: Site) -> None:
    mine, other = await site.visit_of(Role.EDITOR), await site.visit_of(Role.VIEWER)
    wish = {"name": "<b>nightly</b> \u202e", "organization": "default", "may-read": "yes", "may-write": "yes", "lasts": "30"}
    for wrong, said in (
        ({"name": ""}, "1 to 200 characters"),
        ({"may-administer": "yes"}, "does not have: administer"),
        ({"lasts": "date", "expires": "2001-01-01"}, "between now and a year from now"),
        ({"lasts": "date", "expires": "9999-12-31"}, "between now and a year from now"),
        ({"lasts": "date", "expires": "soon"}, "such as 2027-01-31"),
        ({"lasts": "0"}, "Choose when"),
        ({"organization": "rival"}, "Choose an organization"),
    ):
        refused = await post(site, mine, "/profile/tokens", **{**wish, **wrong})
        assert (refused.status_code, said in refused.text) == (422, True)
        assert refused.text.count('id="fault"') == 1
    made = await post(site, mine, "/profile/tokens", **wish)
    (secret,) = set(re.findall(r"shipledger_pat_[\w-]{51}", made.text))
    assert made.headers["Cache-Control"] == "no-store"
    (token,) = await tokens_of(site.store, site.clock).list_own(mine.person.person_id)
    assert token.credential.scopes == {"read", "write"}
    page = await site.get("/profile", cookies={COOKIE: mine.secret})
    assert ("&lt;b&gt;nightly" in page.text, secret in page.text) == (True, False)
    revoke = {"token": token.credential.credential_id}
    assert (await post(site, other, "/profile/tokens/revoke", **revoke)).status_code == 404
    assert (await post(site, mine, "/profile/tokens/revoke", **revoke)).status_code == 303
    assert (await post(site, mine, "/profile/tokens/revoke", **revoke)).status_code == 404
