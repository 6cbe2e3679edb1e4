"""A person opens the link in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.support.server import Server

pytestmark = pytest.mark.browser


async def test_the_secret_is_neither_in_the_address_bar_nor_told_to_scripts_or_other_pages(
    browser: Browser, server: Server
) -> None:
    context = await browser.new_context(base_url=server.url, java_script_enabled=True)
    page = await context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    await page.goto("/deployments")
    await expect(page.get_by_role("heading", name="Open this ledger with its link")).to_be_visible()
    await page.goto(server.link)
    assert page.url == f"{server.url}/"
    assert await page.evaluate("document.cookie") == ""
    assert "secret" not in await page.evaluate("document.referrer")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Deployments").click()
    await expect(page.get_by_role("heading", name="Deployments", exact=True)).to_be_visible()
    assert len(sent) > 5
    assert not [referer for referer in sent if "secret" in referer]
    await context.close()
