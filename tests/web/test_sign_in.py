"""``/login`` and ``/logout``."""

from __future__ import annotations

from http.cookies import SimpleCookie

import httpx2
import pytest
from msgspec.structs import replace

from shipledger.access.people import passwords
from shipledger.access.people.link import Link
from shipledger.access.people.membership.model import Member
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.access.people.session import IDLE, LONGEST, form_token, hash_secret
from shipledger.errors import Unavailable
from tests.support.people import TESTER, add_person, members_of, sign_in
from tests.support.services import directory_of
from tests.support.site import COOKIE, LOCAL, Html, Site

OURS = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
WRONG = "The address or the password is wrong."


@pytest.fixture(scope="module")
async def ada(one_site: Site) -> Person:
    """Somebody with a password, which takes as long to hash as a whole test."""
    person = await add_person(one_site.store, one_site.pen.organization_id, Role.VIEWER, email=EMAIL, clock=one_site.clock)
    link = Link(hash_secret("a link"), one_site.pen.organization_id, person.person_id, one_site.now)
    await one_site.store.create_link(link)
    await one_site.store.use_link(link, await Passwords().hash(PASSWORD), now=one_site.now)
    return person


async def post(site: Site, fields: dict[str, str], *, path: str = "/login", **options) -> httpx2.Response:
    return await site.ask("POST", path, **{"headers": OURS, "cookies": {}, "data": fields, **options})


def cookies_of(answer: httpx2.Response) -> dict[str, SimpleCookie]:
    found = SimpleCookie()
    for header in answer.headers.get_list("Set-Cookie"):
        found.load(header)
    return {name.rpartition("shipledger_")[2].partition("_")[0]: morsel for name, morsel in found.items()}


async def test_who_signs_in_goes_on_to_where_they_wanted(one_site: Site, ada: Person) -> None:
    fields = {"email": " ADA@Example.COM ", "password": PASSWORD, "next": "/services?page=2"}
    answer = await post(one_site, fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/services?page=2")
    session = cookies_of(answer)["session"]
    assert (session["path"], session["samesite"], session["domain"], session["httponly"]) == ("/", "lax", "", True)
    seen = await one_site.get("/deployments", cookies={session.key: session.value})
    assert seen.status_code == 200
    assert ada.name in Html(seen.text).text
    again = await one_site.get("/login?next=/services", cookies={session.key: session.value})
    assert again.headers["Location"] == "/services"


@pytest.mark.parametrize(
    "fields",
    [
        {"email": EMAIL, "password": "wrong"},
        {"email": EMAIL, "password": ""},
        {"email": EMAIL, "password": PASSWORD.upper()},
        {"email": EMAIL, "password": f" {PASSWORD}"},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": "", "password": PASSWORD},
        {"email": "x" * 5_000, "password": PASSWORD},
        {"email": EMAIL, "password": "x" * 5_000},
        {"email": "\u202e\0' OR 1=1 --", "password": PASSWORD},
        {},
    ],
)
async def test_who_is_wrong_reads_the_same_words_beside_the_field_and_gets_no_cookie(one_site: Site, ada: Person, fields) -> None:
    answer = await post(one_site, fields, settings={"public_url": "http://wrong.example"})  # with counts of its own
    page = Html(answer.text)
    assert answer.status_code == 422
    assert WRONG in page.text
    assert page.all("input", id="password", **{"aria-describedby": "fault"})
    assert "Set-Cookie" not in answer.headers
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie: x=y",
        "/\r\nSet-Cookie: x=y",
        "evil.example",
        "",
    ],
)
async def test_no_link_leads_from_here_to_another_site(one_site: Site, target: str) -> None:
    visit = await one_site.visit_of(Role.VIEWER)
    answer = await one_site.ask("GET", "/login", cookies={COOKIE: visit.secret}, params={"next": target})
    assert answer.headers["Location"] in {"/", "/%0d%0aSet-Cookie: x=y", "/%0d%0aSet-Cookie:%20x=y"}
    assert "Set-Cookie" not in answer.headers
    form = Html((await one_site.ask("GET", "/login", cookies={}, params={"next": target})).text)
    assert form.all("input", name="next")[0]["value"].startswith("/")


async def test_signing_in_makes_a_new_session_and_ends_the_one_before(one_site: Site, ada: Person) -> None:
    planted = await sign_in(one_site.store, ada, clock=one_site.clock)
    fields = {"email": EMAIL, "password": PASSWORD}
    answer = await post(one_site, fields, cookies={COOKIE: planted.secret})
    assert cookies_of(answer)["session"].value != planted.secret
    assert (await one_site.get("/", cookies={COOKIE: planted.secret})).status_code == 303


async def test_signing_out_ends_the_session_and_takes_the_cookie_back(one_site: Site, ada: Person) -> None:
    visit = await sign_in(one_site.store, ada, clock=one_site.clock)
    own = {"cookies": {COOKIE: visit.secret}}
    assert (await post(one_site, {}, path="/logout", **own)).status_code == 403, "the form has no token of the session"
    answer = await post(one_site, {"form_token": form_token(visit.secret)}, path="/logout", **own)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert cookies_of(answer)["session"]["max-age"] == "0"
    assert (await one_site.get("/", cookies={COOKIE: visit.secret})).status_code == 303


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": LOCAL, "Sec-Fetch-Site": "cross-site"}])
async def test_no_other_site_signs_anybody_in(one_site: Site, ada: Person, headers: dict[str, str]) -> None:
    assert (await post(one_site, {"email": EMAIL, "password": PASSWORD}, headers=headers)).status_code == 403


async def test_a_session_ends_at_once_with_its_person_s_membership_and_account(one_site: Site) -> None:
    store, clock, members = one_site.store, one_site.clock, members_of(one_site.store, one_site.clock)
    person = await add_person(store, one_site.pen.organization_id, Role.EDITOR, email="bob@example.com", clock=clock)
    visit = await sign_in(store, person, clock=clock)
    own = {"cookies": {COOKIE: visit.secret}}
    assert (await one_site.get("/deployments", **own)).status_code == 200
    _, member = await members.get(one_site.pen.organization_id, person.email)
    await members.remove(one_site.pen.organization_id, member, by=TESTER)
    answer = await one_site.get("/deployments", **own)
    assert (answer.status_code, "You belong to no organization" in answer.text) == (403, True)
    await members.set_disabled(person.email, is_disabled=True)
    assert (await one_site.get("/deployments", **own)).status_code == 303


@pytest.mark.parametrize("age,lasts", [(IDLE, "seen_at"), (LONGEST, "created_at")])
async def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(one_site: Site, ada: Person, age, lasts: str) -> None:
    visit = await sign_in(one_site.store, ada, clock=one_site.clock)
    old = replace(visit.session, session_hash=hash_secret(lasts), **{lasts: one_site.now - age})
    await one_site.store.create_session(old)
    assert (await one_site.get("/deployments", cookies={COOKIE: lasts})).status_code == 303
    assert (await one_site.get("/deployments", cookies={COOKIE: visit.secret})).status_code == 200


async def test_guesses_wait_but_the_owner_s_browser_does_not(one_site: Site, ada: Person) -> None:
    settings = {"settings": {"public_url": "http://limits.example"}}  # with counts of its own
    mark = cookies_of(await post(one_site, {"email": EMAIL, "password": PASSWORD}, **settings))["browser"]
    guesses = [await post(one_site, {"email": EMAIL, "password": "guess"}, **settings) for _ in range(6)]
    assert [one.status_code for one in guesses] == [422] * 5 + [429]
    assert int(guesses[-1].headers["Retry-After"]) >= 1
    assert (await post(one_site, {"email": EMAIL, "password": PASSWORD}, **settings)).status_code == 429
    known = {"cookies": {mark.key: mark.value}, **settings}
    assert (await post(one_site, {"email": EMAIL, "password": PASSWORD}, **known)).status_code == 303


@pytest.mark.parametrize(
    "headers,settings,is_secure",
    [
        ({}, {}, False),
        ({"X-Forwarded-Proto": "https"}, {}, False),
        ({"X-Forwarded-Proto": "https"}, {"trusted_proxies": "10.0.0.0/8"}, False),
        ({"X-Forwarded-Proto": "HTTPS, http"}, {"trusted_proxies": "127.0.0.0/8"}, True),
        ({"X-Forwarded-Proto": "http"}, {"trusted_proxies": "127.0.0.1"}, False),
        ({"Forwarded": "for=192.0.2.1;proto=https;by=203.0.113.43"}, {"trusted_proxies": "127.0.0.1"}, True),
        ({"Host": "ledger.example"}, {"public_url": "https://ledger.example"}, True),
        ({"Host": "ledger.example"}, {"public_url": "http://ledger.example"}, False),
        ({"Host": "localhost:8080"}, {"public_url": "https://ledger.example"}, False),
    ],
)
async def test_cookies_are_kept_to_tls_and_to_this_host_where_the_browser_speaks_it(
    one_site: Site, headers: dict[str, str], settings: dict[str, str], is_secure: bool
) -> None:
    visit = await one_site.visit_of(Role.VIEWER)
    sent = {**OURS, "Origin": f"http://{headers.get('Host', 'localhost:8080')}", **headers}
    found = cookies_of(await post(one_site, {}, path="/logout", headers=sent, settings=settings))["session"]
    assert (bool(found["secure"]), found.key.startswith("__Host-")) == (is_secure, is_secure)
    assert found["path"] == "/"
    assert visit.secret


async def test_a_person_of_two_organizations_sees_the_one_that_a_link_names_and_stays_there(one_site: Site, ada: Person) -> None:
    store, clock = one_site.store, one_site.clock
    other = await directory_of(store).create_organization("rival", "Rival")
    foreign = await directory_of(store).create_organization("foreign", "Foreign")
    await members_of(store, clock).invite(other.organization_id, EMAIL, role=Role.EDITOR, by=TESTER)
    own = {"cookies": {COOKIE: (await sign_in(store, ada, clock=clock)).secret}}

    async def shown(path: str) -> str:
        page = Html((await one_site.get(path, **own)).text)
        return "rival" if "Organization rival" in page.text else "foreign" if "foreign" in page.text else "default"

    assert await shown("/deployments") == "default"
    assert [await shown(f"/deployments?organization={slug}") for slug in ("rival", "foreign", "", "%00")] == ["rival"] * 4
    assert await shown("/services") == "rival"
    page = Html((await one_site.get("/profile", **own)).text)
    assert "/?organization=default" in page.links()
    assert await shown("/?organization=default") == await shown("/deployments") == "default"
    assert isinstance(await store.find_member(other.organization_id, ada.person_id), Member)
    assert await store.find_member(foreign.organization_id, ada.person_id) is None


async def test_where_too_many_sign_in_the_page_says_so_and_a_browser_that_is_known_gets_in(
    one_site: Site, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"email": EMAIL, "password": PASSWORD}
    mark = cookies_of(await post(one_site, fields))["browser"]

    def be_full_of_strangers(queue: passwords.Queue) -> None:
        if queue.rests:
            raise Unavailable(passwords.BUSY, passwords.TOO_MANY, retry_after_seconds=passwords.BUSY_SECONDS)

    monkeypatch.setattr(passwords.Queue, "require_room", be_full_of_strangers)
    busy = await post(one_site, fields)
    page = Html(busy.text)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert "Sign-in is busy Too many people are signing in at this moment." in page.text
    assert "doctor" not in page.text
    assert "/login" in page.links()
    assert (await post(one_site, fields, cookies={mark.key: mark.value})).status_code == 303
