"""Where a reader begins: no script moves the start of the Tab key, the place on the page, or what the address names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

HIGH = 400
MOST_PATIENT_MS = 20_000


async def test_tab_begins_at_the_place_that_the_address_names(browser: Browser, server: Server, paths: list[str]) -> None:
    deployment = next(path for path in paths if path.startswith("/deployments/"))
    context = await reader_of(browser, server, viewport={"width": 390, "height": HIGH})
    page = await context.new_page()
    for place in ("history", "commits", "writes"):
        await page.goto("about:blank")
        await page.goto(f"{deployment}#{place}")
        await expect(page.locator(f"#{place}")).to_be_in_viewport()
        assert await page.evaluate("scrollY") > 0, place
        await page.keyboard.press("Tab")
        is_after = f"document.getElementById('{place}').compareDocumentPosition(document.activeElement) & 4"
        assert await page.evaluate(is_after), place
        assert await page.evaluate("document.querySelector('main').contains(document.activeElement)"), place
    await context.close()


async def test_back_and_forward_lead_to_the_place_that_was_left(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    for number in range(60):
        await pen.record(at=now - timedelta(minutes=number), title=f"Number {number}")
    await page.goto("/deployments?limit=100")
    row = page.get_by_role("link", name="Number 55")
    await row.scroll_into_view_if_needed()
    left = await page.evaluate("scrollY")
    assert left > HIGH
    await row.click()
    await expect(page.get_by_role("heading", name="Number 55")).to_be_visible()
    await page.evaluate("scrollTo(0, 120)")
    further = await page.evaluate("scrollY")
    assert further
    await page.go_back()
    await page.wait_for_function("wanted => Math.abs(scrollY - wanted) < 2", arg=left, timeout=MOST_PATIENT_MS)
    await expect(row).to_be_in_viewport()
    await page.go_forward()
    await page.wait_for_function("wanted => Math.abs(scrollY - wanted) < 2", arg=further, timeout=MOST_PATIENT_MS)
