"""Who may see the pages, and who may change something."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from shipledger.access.people.roles import Role
from shipledger.access.people.session import form_token
from tests.support.site import COOKIE, LOCAL, SECURE_COOKIE, Html, Site
from tools import draw_paths

NOTE = "Marzipan-Confidential"
OPEN = {"/static", "/login", "/login/provider", "/login/provider/back", "/logout", "/theme", "/welcome"}


def list_paths() -> list[str]:
    """An address of every route that there is, but of static files and of what opens the door."""
    paths = [*draw_paths.list_pages(), "/{path:path}"]
    filled = {path.replace(":path}", "}").replace("{", "").replace("}", "") for path in paths}
    return sorted(filled - OPEN)


async def send_form(site: Site, repository: str, **options: Any) -> httpx2.Response:
    """The answer to the form that maps a repository."""
    visit = await site.visit_of(Role.EDITOR)
    fields = {"service": "checkout", "repository": repository, "action": "map", "form_token": form_token(visit.secret)}
    sent = {"role": Role.EDITOR, "settings": {"public_url": "https://ledger.example"}, "data": fields, **options}
    return await site.ask("POST", "/repositories", **sent)


async def list_mapped(site: Site) -> list[str]:
    return [mapping.repository for mapping in await site.store.list_mappings(site.pen.organization_id)]


def leads_to_login(answer: httpx2.Response) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].partition("?")[0] == "/login"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_no_page_tells_anything_to_who_is_not_signed_in(one_site: Site, method: str) -> None:
    await one_site.pen.record(at=one_site.clock.now(), title=NOTE)
    assert len(list_paths()) > 15
    for path in list_paths():
        answer = await one_site.ask(method, path, cookies={}, headers={"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"})
        assert leads_to_login(answer), (path, answer.status_code)
        assert ("next=" in answer.headers["Location"]) is (method in {"GET", "HEAD"} and path != "/")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in answer.headers
        assert answer.text == ""


async def test_a_page_that_asks_for_what_is_new_after_its_session_ended_is_told_to_load_itself_again(one_site: Site) -> None:
    answer = await one_site.get("/deployments", cookies={}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


@pytest.mark.parametrize("change", ["", "short", "long", "case", "quoted", "\u00e9", "name", "upper", "prefix", "secure"])
async def test_another_cookie_opens_nothing(one_site: Site, change: str) -> None:
    secret = (await one_site.visit_of(Role.VIEWER)).secret
    values = {"short": secret[:-1], "long": f"{secret}x", "case": secret.swapcase(), "quoted": f'"{secret}"'}
    names = {"name": "session", "upper": COOKIE.upper(), "prefix": f"a{COOKIE}", "secure": SECURE_COOKIE}
    value = secret if change in names else values.get(change, change)
    headers = [(b"Cookie", f"{names.get(change, COOKIE)}={value}".encode())]
    assert leads_to_login(await one_site.get("/deployments", cookies={}, headers=headers))


@pytest.mark.parametrize(
    "header",
    ["{0}", "theme=dark; {0}; x", "theme=dark;{0};", f"{COOKIE}=planted by a sibling domain; {{0}}", f"{{0}}; {COOKIE}=x"],
)
async def test_a_session_among_other_cookies_opens_the_pages(one_site: Site, header: str) -> None:
    own = f"{COOKIE}={(await one_site.visit_of(Role.VIEWER)).secret}"
    assert (await one_site.get("/deployments", cookies={}, headers={"Cookie": header.format(own)})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=localhost"},
        {"X-Forwarded-Host": "localhost:8080"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-User": "administrator"},
        {"Via": "1.1 localhost"},
        {"Authorization": "Bearer {0}"},
        {"X-Shipledger-Session": "{0}"},
    ],
)
@pytest.mark.parametrize("proxies", ["", "127.0.0.1"])
async def test_what_a_proxy_says_or_does_not_say_makes_no_difference(
    one_site: Site, headers: dict[str, str], proxies: str
) -> None:
    secret = (await one_site.visit_of(Role.ADMINISTRATOR)).secret
    sent = {name: value.format(secret) for name, value in headers.items()}
    settings = {"trusted_proxies": proxies}
    assert leads_to_login(await one_site.get("/", cookies={}, headers=sent, settings=settings))
    assert (await one_site.get("/", headers=sent, settings=settings)).status_code == 200


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
async def test_former_values_of_the_setting_ask_for_a_session_too(one_site: Site, value: str) -> None:
    assert leads_to_login(await one_site.get("/", settings={"pages": value}, cookies={}))
    assert (await one_site.get("/", settings={"pages": value})).status_code == 200


@pytest.mark.parametrize("path", ["/", "/deployments", "/nowhere", "/static/shipledger.css", "/login", "/welcome"])
async def test_pages_that_are_off_are_not_found_by_who_is_signed_in_either(one_site: Site, path: str) -> None:
    answer = await one_site.get(path, settings={"pages": "off"})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


async def test_the_form_that_signs_in_has_its_style_and_tells_nothing_of_the_ledger(one_site: Site) -> None:
    settings = {"database_url": "sqlite:////srv/secret-place/ledger.db"}
    answer = await one_site.get("/login", cookies={}, settings=settings)
    page = Html(answer.text)
    assert page.links() == ["#content", "/"]
    assert "secret-place" not in answer.text
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


async def test_who_is_not_signed_in_or_may_only_read_changes_nothing(one_site: Site) -> None:
    headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    assert leads_to_login(await send_form(one_site, "acme/stolen", headers=headers, cookies={}))
    viewer = await one_site.visit_of(Role.VIEWER)
    answer = await one_site.ask(
        "POST",
        "/repositories",
        headers=headers,
        role=Role.VIEWER,
        data={"service": "checkout", "repository": "acme/stolen", "form_token": form_token(viewer.secret)},
    )
    assert answer.status_code == 403
    assert "Your role does not have the right" in Html(answer.text).text
    assert "bitbucket.org/acme/stolen" not in await list_mapped(one_site)


async def test_a_viewer_sees_no_form_that_would_be_refused(one_site: Site) -> None:
    for path in ("/services/checkout", "/repositories", "/requests"):
        seen = {role: Html((await one_site.get(path, role=role)).text) for role in (Role.VIEWER, Role.EDITOR)}
        forms = {
            role: [form.get("action") for form in page.all("form") if form.get("method") == "post"] for role, page in seen.items()
        }
        assert forms[Role.VIEWER] == ["/logout", "/theme"], path
    assert len(forms[Role.EDITOR]) == 2
    assert [len(seen[role].all("input", id="find")) for role in (Role.VIEWER, Role.EDITOR)] == [0, 1]
