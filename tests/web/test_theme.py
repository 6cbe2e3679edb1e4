"""The form that chooses a theme, and what a message says that an address asks for."""

from __future__ import annotations

import pytest

from tests.support.site import Html, Site


async def test_a_theme_is_kept_for_a_year_and_leads_back(one_site: Site) -> None:
    answer = await one_site.send({"theme": "dark", "from": "/deployments?state=failed"}, "/theme")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/deployments?state=failed")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("shipledger_theme=dark;")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=31536000" in cookie


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "",
        "/é",
    ],
)
async def test_a_theme_leads_nowhere_else(one_site: Site, asked: str) -> None:
    answer = await one_site.send({"theme": "light", "from": asked}, "/theme")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("theme", ["", "Dark", "dark light", "<script>"])
async def test_another_theme_is_refused(one_site: Site, theme: str) -> None:
    answer = await one_site.send({"theme": theme, "from": "/"}, "/theme")
    assert answer.status_code == 400
    assert "Choose one of system, light, dark." in Html(answer.text).text
    assert "Set-Cookie" not in answer.headers


async def test_another_site_changes_no_theme(one_site: Site) -> None:
    answer = await one_site.send({"theme": "dark"}, "/theme", Origin="https://evil.example")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "cookie,theme", [("dark", "dark"), ("light", "light"), ("neon", "system"), ("", "system"), ('">', "system")]
)
async def test_only_a_known_theme_is_shown(one_site: Site, cookie: str, theme: str) -> None:
    answer = await one_site.get("/login", cookies={"shipledger_theme": cookie})
    assert Html(answer.text).all("html")[0]["data-theme"] == theme


async def test_an_address_only_chooses_among_our_messages(one_site: Site) -> None:
    assert "Relation added." in Html((await one_site.get("/services?done=related")).text).text
    for asked in ("nonsense", "<b>", ""):
        page = Html((await one_site.get("/services", params={"done": asked})).text)
        assert not page.all("p", role="status")
