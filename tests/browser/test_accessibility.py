"""What axe-core finds: nothing, on every page, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.support.accessibility import BUT_CONTRAST, EVERY_RULE, find_violations
from tests.support.chromium import reader_of
from tests.support.server import Server

pytestmark = pytest.mark.browser

LARGE = ("/ledger/docs", "/deployments")
"""Pages that take axe seconds: ``make axe`` tries them."""

LOOKS = tuple(product(("light", "dark"), (1280, 320)))
MORE = (
    "/profile",
    "/environments",
    "/inbox",
    "/requests?show=refused",
    "/incidents",
    "/packs",
    "/compare?left=staging&right=production",
    "/settings",
    "/status",
    "/settings/webhooks",
    "/settings/limits",
    "/settings/tiers?action=add&pattern=x&tier=staging",
    "/settings/values/receipt_retention_days?value=1",
    "/settings/people",
    "/sources",
    "/audit",
    "/timeline?range=7d",
    "/projects",
    "/search?q=checkout",
    "/repositories?show=unmapped",
    "/matrix",
    "/matrix?at=2026-01-01",
    "/services/checkout?done=mapped",
)


async def _assert_accessible(
    browser: Browser, server: Server, asked: Iterable[tuple[str, tuple[str, int]]], rules: dict[str, Any]
) -> None:
    context = await reader_of(browser, server)
    page = await context.new_page()
    for path, (scheme, width) in asked:
        await page.goto(path)
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 800})
        assert await find_violations(page, rules) == [], f"{path}, {scheme}, {width} pixels wide"
    await context.close()


@pytest.mark.timeout(300)
async def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, server: Server, paths: list[str]) -> None:
    """One page of each kind, and each look on several. ``make axe`` tries every look on every page, and contrast besides."""
    kinds = {(path.split("/")[1], path.count("/")): path for path in (*paths, *MORE) if path not in LARGE}
    asked = [(path, LOOKS[at % len(LOOKS)]) for at, path in enumerate(kinds.values())]
    await _assert_accessible(browser, server, asked, BUT_CONTRAST)


@pytest.mark.torture
@pytest.mark.timeout(900)
async def test_axe_finds_nothing_on_any_page_in_any_look(browser: Browser, server: Server, paths: list[str]) -> None:
    await _assert_accessible(browser, server, product((*paths, *MORE), LOOKS), EVERY_RULE)


async def test_axe_finds_nothing_in_what_opens(browser: Browser, server: Server) -> None:
    context = await reader_of(browser, server, viewport={"width": 390, "height": 800})
    page = await context.new_page()
    await page.goto("/services")
    await page.get_by_role("button", name="Menu").click()
    assert await find_violations(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    assert await find_violations(page) == []
    await context.close()
