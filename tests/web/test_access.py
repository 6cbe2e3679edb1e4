"""Who may see the pages, and who may change something."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from shipledger.http.hosts import read_known_hosts
from shipledger.settings import Settings
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.site import build_pages
from tests.support.site import LOCAL, SECRETS, Html, Site

SECRET, PREVIOUS = SECRETS
NOTE = "Marzipan-Confidential"
ASKED = "shipledger link"


def list_paths(one_site: Site) -> list[str]:
    """An address of every route that there is, but of static files and of the link itself."""
    access = PageAccess(Settings(), SECRETS, read_known_hosts(Settings()))
    routes = build_pages(
        one_site.store,
        Settings(),
        one_site.clock,
        directory=None,
        environments=None,
        access=access,
        openapi=lambda: {"paths": {}},
        long_work=None,
    )
    filled = {route.path.replace(":path}", "}").replace("{", "").replace("}", "") for route in routes}
    return sorted(filled - {"/static", "/ledger/open"})


async def send_form(site: Site, repository: str, **options: Any) -> httpx2.Response:
    """The answer to the form that maps a repository."""
    fields = {"service": "checkout", "repository": repository, "action": "map"}
    return await site.ask("POST", "/repositories", settings={"public_url": "https://ledger.example"}, data=fields, **options)


async def list_mapped(site: Site) -> list[str]:
    return [mapping.repository for mapping in await site.store.list_mappings(site.pen.organization_id)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_no_page_tells_anything_to_a_browser_without_the_secret(one_site: Site, method: str) -> None:
    await one_site.pen.record(at=one_site.clock.now(), title=NOTE)
    assert len(list_paths(one_site)) > 15
    for path in list_paths(one_site):
        answer = await one_site.ask(method, path, cookies={}, headers={"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 401, (path, answer.status_code)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "WWW-Authenticate" in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert NOTE not in answer.text
        assert method == "HEAD" or ASKED in Html(answer.text).text


async def test_the_page_that_refuses_says_what_to_do_and_nothing_of_the_ledger(one_site: Site) -> None:
    settings = {"database_url": "sqlite:////srv/secret-place/ledger.db", "pages_organization": "acme"}
    answer = await one_site.get("/", cookies={}, settings=settings)
    page = Html(answer.text)
    assert "Open this ledger with its link" in page.text
    assert page.links() == ["#content", "/"]
    assert "secret-place" not in answer.text
    assert "acme" not in answer.text


@pytest.mark.parametrize(
    "name,value",
    [
        (SECRET.cookie, ""),
        (SECRET.cookie, SECRET.value[:-1]),
        (SECRET.cookie, SECRET.value + "x"),
        (SECRET.cookie, SECRET.value.swapcase()),
        (SECRET.cookie, f'"{SECRET.value}"'),
        (SECRET.cookie, "é"),
        (SECRET.cookie, PREVIOUS.value),
        ("session", SECRET.value),
        (SECRET.cookie.upper(), SECRET.value),
        (f"a{SECRET.cookie}", SECRET.value),
    ],
)
async def test_another_cookie_opens_nothing(one_site: Site, name: str, value: str) -> None:
    headers = [(b"Cookie", f"{name}={value}".encode())]
    assert (await one_site.get("/deployments", cookies={}, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        f"{SECRET.cookie}={SECRET.value}",
        f"theme=dark; {SECRET.cookie}={SECRET.value}; x",
        f"theme=dark;{SECRET.cookie}={SECRET.value};",
        f"{SECRET.cookie}=planted by a sibling domain; {SECRET.cookie}={SECRET.value}",
        f"{SECRET.cookie}={SECRET.value}; {SECRET.cookie}=planted",
        f"{PREVIOUS.cookie}={PREVIOUS.value}",
    ],
)
async def test_the_secret_among_other_cookies_opens_the_pages(one_site: Site, header: str) -> None:
    assert (await one_site.get("/deployments", cookies={}, headers={"Cookie": header})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=localhost"},
        {"X-Forwarded-Host": "localhost:8080"},
        {"X-Forwarded-Host": "evil.example"},
        {"Via": "1.1 localhost"},
        {"Authorization": f"Bearer {SECRET.value}"},
        {"X-Shipledger-Secret": SECRET.value},
    ],
)
async def test_what_a_proxy_says_or_does_not_say_makes_no_difference(one_site: Site, headers: dict[str, str]) -> None:
    assert (await one_site.get("/", cookies={}, headers=headers)).status_code == 401
    assert (await one_site.get("/", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost:8080",
            "localhost",
            "LOCALHOST:8080",
            "localhost.",
            "shop.localhost",
            "127.0.0.1:8080",
            "[::1]:8080",
            "[::1]",
        ),
        *("192.0.2.7", "192.0.2.7:80", "[2001:db8::7]:8443", "ledger.example", "LEDGER.example:8443", "ledger.example."),
        *("xn--ldger-bsa.example", "team-a.example"),
    ],
)
async def test_a_reader_sees_the_pages_under_every_name_that_is_known(one_site: Site, host: str) -> None:
    settings = {
        "public_url": "https://ledger.example:443/",
        "organization_hosts": "team-a.example=team-a, lédger.example=default",
    }
    assert (await one_site.get("/deployments", settings=settings, headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "ledger.example.evil.example",
            "evilledger.example",
        ),
        *(
            "",
            "[",
            "[]",
            "[::1",
            "[evil.example]",
            "localhost@evil.example",
            "evil.example@localhost",
            "localhost:x",
            "localhost/x",
        ),
        *(
            "localhost evil.example",
            "localhost,evil.example",
            "2130706433",
            "ledger.example..",
            "ledger",
            "example",
            "[::1%25lo]",
        ),
    ],
)
async def test_a_foreign_name_that_resolves_to_this_machine_does_not_help(one_site: Site, host: str) -> None:
    settings = {"public_url": "https://ledger.example"}
    answer = await one_site.get("/", settings=settings, headers={"Host": host})
    assert answer.status_code == 403
    assert "SHIPLEDGER_PUBLIC_URL" in answer.text
    assert not host or host in ("[", "example", "ledger", "ledger.example..") or host not in answer.text


async def test_two_names_at_once_are_none(one_site: Site) -> None:
    headers = [(b"Host", b"localhost:8080"), (b"Host", b"evil.example")]
    assert (await one_site.get("/", headers=headers)).status_code == 403


@pytest.mark.parametrize("value", ["on", "loopback", "everyone"])
async def test_former_values_of_the_setting_ask_for_the_secret_too(one_site: Site, value: str) -> None:
    assert (await one_site.get("/", settings={"pages": value}, cookies={})).status_code == 401
    assert (await one_site.get("/", settings={"pages": value})).status_code == 200


@pytest.mark.parametrize("path", ["/", "/deployments", "/nowhere", "/static/shipledger.css", SECRET.link_target])
async def test_pages_that_are_off_are_not_found_with_the_secret_either(one_site: Site, path: str) -> None:
    answer = await one_site.get(path, settings={"pages": "off"})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


async def test_the_page_that_refuses_has_its_style(one_site: Site) -> None:
    page = Html((await one_site.get("/", cookies={})).text)
    style = page.all("link", rel="stylesheet")[0]["href"]
    assert (await one_site.get(style, cookies={})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://[::1"},
        {"Origin": "localhost:8080"},
        {"Origin": LOCAL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": LOCAL, "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://ledger.example.evil.example"},
        {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": LOCAL},
    ],
)
async def test_a_form_from_elsewhere_changes_nothing(one_site: Site, headers: dict[str, str]) -> None:
    assert (await send_form(one_site, "acme/stolen", headers=headers)).status_code == 403
    assert "bitbucket.org/acme/stolen" not in await list_mapped(one_site)


@pytest.mark.parametrize("origin", [LOCAL, "https://ledger.example", "https://LEDGER.example"])
async def test_a_form_from_one_of_our_own_pages_is_taken(one_site: Site, origin: str) -> None:
    """Also behind a proxy that puts a name of its own into Host."""
    repository = f"acme/from-{len(origin)}-{origin[8]}"
    assert (await send_form(one_site, repository, headers={"Origin": origin})).status_code == 303
    assert f"bitbucket.org/{repository}".lower() in await list_mapped(one_site)


async def test_without_the_secret_a_form_changes_nothing(one_site: Site) -> None:
    headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    assert (await send_form(one_site, "acme/stolen", headers=headers, cookies={})).status_code == 401
    assert "bitbucket.org/acme/stolen" not in await list_mapped(one_site)
