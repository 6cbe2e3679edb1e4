"""The timeline by keyboard, and what Home shows before anybody scrolls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from shipledger.ledger.state import State
from tests.support.chromium import reader_of
from tests.support.pen import STAGING, Pen
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


async def test_news_leaves_a_picture_where_it_was_scrolled_to(page: Page, pen: Pen, server: Server) -> None:
    now = server.app.clock.now()
    await pen.record(at=now - timedelta(hours=2), title="First")
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto("/timeline")
    frame = page.get_by_role("region", name="Lanes over time")
    await frame.evaluate("frame => frame.scrollTo(300, 0)")
    await pen.record(at=server.app.clock.now() - timedelta(hours=1), title="Second")
    await page.evaluate("document.querySelector('#live').dispatchEvent(new CustomEvent('news'))")
    await expect(page.get_by_role("link", name="Second")).to_have_count(1)
    assert await frame.evaluate("frame => frame.scrollLeft") == 300


async def test_a_large_matrix_that_was_opened_unseen_is_completed_once_it_is_looked_at(
    page: Page, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shipledger.web.pages.matrix.COMPARED_AT_ONCE", 0)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=at)
    await pen.record(at=at, releases=(("bitbucket.org/acme/checkout", "1" * 40),))
    await page.add_init_script("window.unseen = true; Object.defineProperty(document, 'hidden', { get: () => window.unseen })")
    await page.goto("/matrix")
    counting = page.get_by_text("Counting how far")
    await expect(counting).to_be_visible()
    await page.evaluate("window.unseen = false; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(counting).to_have_count(0)


async def test_home_says_on_a_laptops_first_screen_what_fails_and_what_needs_somebody(
    browser: Browser, server: Server, pen: Pen
) -> None:
    now = server.app.clock.now()
    await pen.record(at=now - timedelta(minutes=5), title="Lately", environment=STAGING)
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
