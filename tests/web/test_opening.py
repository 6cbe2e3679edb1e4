"""The link that opens the pages."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest

from tests.support.site import SECRETS, Html, Site

SECRET, PREVIOUS = SECRETS


def cookie_of(header: str):
    """The one cookie that an answer sets."""
    (morsel,) = SimpleCookie(header).values()
    return morsel


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("secret", SECRETS, ids=["current", "previous"])
async def test_the_link_leads_on_at_once_and_leaves_a_cookie(one_site: Site, method: str, secret) -> None:
    answer = await one_site.ask(method, secret.link_target, cookies={})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret.value not in answer.text
    cookie = cookie_of(answer.headers["Set-Cookie"])
    assert (cookie.key, cookie.value) == (secret.cookie, secret.value)
    assert (cookie["path"], cookie["samesite"], cookie["domain"]) == ("/", "lax", "")
    assert cookie["httponly"] is True
    assert not cookie["secure"]
    assert int(cookie["max-age"]) > 24 * 60 * 60
    assert (await one_site.get("/deployments", cookies={cookie.key: cookie.value})).status_code == 200


@pytest.mark.parametrize(
    "headers,settings,is_secure",
    [
        ({}, {}, False),
        ({"X-Forwarded-Proto": "https"}, {}, True),
        ({"X-Forwarded-Proto": "HTTPS, http"}, {}, True),
        ({"X-Forwarded-Proto": "http"}, {}, False),
        ({"Forwarded": "for=192.0.2.1;proto=https;by=203.0.113.43"}, {}, True),
        ({"Forwarded": 'Proto="https"'}, {}, True),
        ({"Forwarded": "for=192.0.2.1;proto=http"}, {}, False),
        ({"Host": "ledger.example"}, {"public_url": "https://ledger.example"}, True),
        ({"Host": "ledger.example"}, {"public_url": "http://ledger.example"}, False),
        ({"Host": "ledger.example:8080"}, {"public_url": "https://ledger.example"}, False),
        ({"Host": "localhost:8080"}, {"public_url": "https://ledger.example"}, False),
    ],
)
async def test_the_cookie_is_kept_to_tls_where_the_browser_speaks_it(one_site: Site, headers, settings, is_secure) -> None:
    answer = await one_site.get(SECRET.link_target, cookies={}, headers=headers, settings=settings)
    assert bool(cookie_of(answer.headers["Set-Cookie"])["secure"]) is is_secure


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?secret=",
        f"?secret={SECRET.value[:-1]}",
        f"?secret={SECRET.value}=",
        f"?secret={SECRET.cookie}",
        f"?SECRET={SECRET.value}",
        f"?x={SECRET.value}",
        "?secret=%00",
        "?secret=%ff%fe",
        "?secret=%ED%A0%80",
        f"?secret={'x' * 20_000}",
        f"?secret={SECRET.value}&secret=another",
    ],
)
async def test_another_secret_opens_nothing(one_site: Site, query: str) -> None:
    answer = await one_site.get(f"/ledger/open{query}", cookies={})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "shipledger link" in Html(answer.text).text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_the_secret_is_taken_from_a_link_alone(one_site: Site, method: str) -> None:
    answer = await one_site.ask(method, SECRET.link_target, cookies={})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


async def test_a_foreign_name_gets_no_cookie(one_site: Site) -> None:
    answer = await one_site.get(SECRET.link_target, cookies={}, headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
