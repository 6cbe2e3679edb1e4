"""Signing in at an identity provider: the whole way through the pages, at a real provider and at one that lies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from shipledger.access.people.roles import Role
from tests.support.lying_provider import CODE, LyingProvider, lying_provider
from tests.support.people import add_person
from tests.support.real_provider import real_provider, settings_for
from tests.support.server import Server, serving
from tests.support.site import Html

ADA = {"sub": "ada-1", "email": "ada@example.com", "email_verified": True, "name": "Ada", "groups": ["sre"]}
BOB = {"sub": "bob-1", "email": "bob@example.com", "email_verified": True, "name": "Bob", "groups": ["cooks"]}


FAILED = "/deployments?state=failed"


@pytest.fixture(scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server whose people are at a provider, with an administrator who has an account here."""
    database = tmp_path_factory.mktemp("sign_on") / "shipledger.db"
    async with real_provider([ADA, BOB]) as issuer, serving(database, **settings_for(issuer)) as server:
        await add_person(server.app.store, await server.organization_id())
        yield server


def browser_of(server: Server) -> httpx2.AsyncClient:
    return server.client(cookies={}, follow_redirects=False)


async def go_to_provider(
    browser: httpx2.AsyncClient, subject: str, following: str = "/deployments?state=failed"
) -> httpx2.Response:
    """The answer of the page that the provider leads back to."""
    departed = await browser.get("/login/provider", params={"next": following})
    assert departed.status_code == 303, departed.text
    async with httpx2.AsyncClient(trust_env=False) as http:
        chosen = await http.post(departed.headers["Location"], data={"sub": subject})
    assert chosen.status_code == 302, chosen.text
    return await browser.get(chosen.headers["Location"])


async def test_somebody_signs_in_at_a_real_provider_and_is_what_their_groups_say(real: Server) -> None:
    async with browser_of(real) as browser:
        form = Html((await browser.get("/login?next=/deployments")).text)
        assert "Sign in with Example ID" in form.text
        assert any(link.startswith("/login/provider?next=%2Fdeployments") for link in form.links())
        arrived = await go_to_provider(browser, "ada-1")
        assert (arrived.status_code, arrived.headers["Location"]) == (303, FAILED)
        assert "Ada" in Html((await browser.get("/deployments")).text).text
    person = await real.app.store.find_person_by_email("ada@example.com")
    assert person is not None
    member = await real.app.store.find_member(await real.organization_id(), person.person_id)
    assert member is not None
    assert member.role is Role.APPROVER


async def test_whose_groups_bring_nothing_is_told_so_and_has_no_session(real: Server) -> None:
    async with browser_of(real) as browser:
        arrived = await go_to_provider(browser, "bob-1")
        assert arrived.status_code == 403
        assert "None of your groups" in Html(arrived.text).text
        assert (await browser.get("/deployments")).status_code == 303
    assert await real.app.store.find_person_by_email("bob@example.com") is None


async def test_an_answer_in_another_browser_or_a_second_time_opens_nothing(real: Server) -> None:
    async with browser_of(real) as browser, browser_of(real) as other:
        departed = await browser.get("/login/provider")
        async with httpx2.AsyncClient(trust_env=False) as http:
            back = (await http.post(departed.headers["Location"], data={"sub": "ada-1"})).headers["Location"]
        for asked in (other.get(back), other.get(back, headers={"Cookie": "shipledger_sign_on=forged"})):
            answer = await asked
            assert answer.status_code == 403
            assert "began in another browser" in Html(answer.text).text
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == 403


async def test_the_way_on_leads_nowhere_else(real: Server) -> None:
    async with browser_of(real) as browser:
        for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
            arrived = await go_to_provider(browser, "ada-1", evil)
            assert arrived.headers["Location"] == "/"


async def test_what_the_browser_keeps_meanwhile_is_small_short_and_unreadable(real: Server) -> None:
    async with browser_of(real) as browser:
        departed = await browser.get("/login/provider")
    cookie = departed.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/login/provider", "Max-Age=600"):
        assert part in cookie
    assert urlsplit(departed.headers["Location"]).path == "/oauth2/authorize"
    assert "no-store" in departed.headers["Cache-Control"]


@pytest.fixture
async def lying(database: Path) -> AsyncIterator[tuple[Server, LyingProvider]]:
    async with lying_provider() as provider, serving(database, **settings_for(provider.issuer)) as server:
        await add_person(server.app.store, await server.organization_id(), email="root@example.com")
        yield server, provider


async def test_while_the_provider_is_down_the_form_says_so_and_passwords_go_on(lying: tuple[Server, LyingProvider]) -> None:
    server, provider = lying
    provider.ways = {"/.well-known/openid-configuration": 500}
    async with browser_of(server) as browser:
        answer = await browser.get("/login/provider", params={"next": "/services"})
        page = Html(answer.text)
        assert answer.status_code == 503
        assert "The identity provider answered 500." in page.text
        assert page.all("input", name="next")[0]["value"] == "/services"
        assert page.all("input", name="password")


async def test_words_of_a_provider_are_never_shown(lying: tuple[Server, LyingProvider]) -> None:
    server, _ = lying
    async with browser_of(server) as browser:
        departed = await browser.get("/login/provider")
        state = httpx2.URL(departed.headers["Location"]).params["state"]
        told = {"state": state, "error": "<script>x</script>", "error_description": "call this number", "code": CODE[:0]}
        answer = await browser.get("/login/provider/back", params={key: value for key, value in told.items() if value})
    assert answer.status_code == 403
    assert "script>x" not in answer.text
    assert "this number" not in answer.text


async def test_without_a_provider_there_is_no_such_page(server: Server) -> None:
    async with browser_of(server) as browser:
        for path in ("/login/provider", "/login/provider/back?code=a&state=b"):
            assert (await browser.get(path)).status_code == 404
