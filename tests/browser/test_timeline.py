"""The timeline by keyboard, and what Home shows before anybody scrolls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from shipledger.ledger.state import State
from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

DAY = "from=2026-03-04T00:00:00Z&to=2026-03-05T00:00:00Z"


async def test_keys_zoom_and_move_and_a_mark_leads_to_its_deployment(page: Page, pen: Pen, server: Server) -> None:
    now = server.app.clock.now()
    await pen.record(at=now - timedelta(hours=2), title="Long one", lasted=timedelta(hours=1))
    await page.goto(f"/timeline?{DAY}")
    for key, times in (
        ("+", ("2026-03-04T06:00:00Z", "2026-03-04T18:00:00Z")),
        ("-", ("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")),
        ("ArrowLeft", ("2026-03-03T12:00:00Z", "2026-03-04T12:00:00Z")),
        ("ArrowRight", ("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")),
    ):
        await page.keyboard.press(key)
        begin, end = (time.replace(":", "%3A") for time in times)
        await page.wait_for_url(f"**/timeline?from={begin}&to={end}")
    await page.goto("/timeline")
    mark = page.get_by_role("link", name="Long one")
    await mark.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/deployments/*")
    await expect(page.get_by_role("heading", name="Long one")).to_be_visible()


async def test_home_says_on_a_laptops_first_screen_what_fails_and_what_needs_somebody(
    browser: Browser, server: Server, pen: Pen
) -> None:
    now = server.app.clock.now()
    await pen.record(at=now - timedelta(minutes=5), title="Lately")
    await pen.record(at=now - timedelta(hours=2), title="Broken", state=State.FAILED)
    await pen.record(at=now - timedelta(hours=9), title="Hangs", state=State.IN_PROGRESS, lasted=None)
    context = await reader_of(browser, server, viewport={"width": 1280, "height": 700}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/")
    for name in ("Changed in the last hour", "Failed in 24 hours", "Broken"):
        box = await page.get_by_role("link", name=name).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 700, name
    stuck = await page.locator("a[id^=stuck-]").bounding_box()
    assert stuck is not None
    assert stuck["y"] + stuck["height"] < 700
