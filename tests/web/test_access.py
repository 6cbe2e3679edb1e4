"""Who may see the pages, and who may change something."""

from __future__ import annotations

import pytest

from tests.support.site import LOCAL, Site


@pytest.mark.parametrize(
    "client,host",
    [
        ("127.0.0.1", "localhost:8080"),
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "LOCALHOST:8080"),
        ("127.8.9.10", "127.0.0.1:8080"),
        ("::1", "[::1]:8080"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
    ],
)
async def test_a_reader_on_this_machine_sees_the_pages(site: Site, client: str, host: str) -> None:
    answer = await site.get("/deployments", client=client, headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "client,headers",
    [
        ("192.0.2.7", {"Host": "localhost:8080"}),
        ("2001:db8::7", {"Host": "[::1]:8080"}),
        ("10.0.0.4", {"Host": "127.0.0.1", "X-Forwarded-For": "127.0.0.1"}),
        ("testclient", {"Host": "localhost"}),
    ],
)
async def test_a_reader_elsewhere_is_told_which_setting_to_change(site: Site, client: str, headers: dict[str, str]) -> None:
    answer = await site.get("/deployments", client=client, headers=headers)
    assert answer.status_code == 403
    assert "SHIPLEDGER_PAGES=everyone" in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "", "[", "localhost@evil"]
)
async def test_a_foreign_name_that_resolves_to_this_machine_does_not_help(site: Site, host: str) -> None:
    assert (await site.get("/", headers={"Host": host})).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
async def test_what_came_through_a_proxy_is_not_local(site: Site, header: str) -> None:
    assert (await site.get("/", headers={header: "127.0.0.1"})).status_code == 403


async def test_everyone_may_read_when_the_setting_says_so(site: Site) -> None:
    answer = await site.get("/", client="192.0.2.7", settings={"pages": "everyone"}, headers={"Host": "ledger.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/deployments", "/nowhere", "/static/shipledger.css"])
async def test_pages_that_are_off_are_not_found_even_on_this_machine(site: Site, path: str) -> None:
    assert (await site.get(path, settings={"pages": "off"})).status_code == 404


async def test_only_this_machine_learns_where_the_database_lies(site: Site) -> None:
    settings = {"pages": "everyone", "database_url": "sqlite:////srv/secret-place/ledger.db"}
    assert "secret-place" in (await site.get("/", settings=settings)).text
    assert "secret-place" not in (await site.get("/", client="192.0.2.7", settings=settings)).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": LOCAL, "Sec-Fetch-Site": "cross-site"},
        {"Origin": LOCAL, "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": LOCAL},
    ],
)
async def test_a_form_from_elsewhere_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    answer = await site.send({"service": "checkout", "repository": "acme/shop", "action": "map"}, **headers)
    assert answer.status_code == 403
    assert await site.store.list_mappings(site.pen.organization_id) == []


async def test_pages_for_everyone_change_nothing_from_another_machine(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    answer = await site.ask(
        "POST",
        "/repositories",
        client="192.0.2.7",
        settings={"pages": "everyone"},
        headers={"Origin": LOCAL},
        data={"service": "checkout", "repository": "acme/shop"},
    )
    assert answer.status_code == 403
    assert await site.store.list_mappings(site.pen.organization_id) == []
    page = await site.get("/services/checkout", client="192.0.2.7", settings={"pages": "everyone"})
    assert "<form" not in page.text
