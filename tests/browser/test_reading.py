"""Reading the pages: by keyboard, without JavaScript, on a phone, in the dark, in another zone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.sample import write_week
from tests.support.server import Server

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 400}
WIDTHS = (320, 390, 768, 1280)
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
HERE_IS_SHOWN = """
() => {
  const here = document.querySelector(".top nav [aria-current]")?.getBoundingClientRect();
  return !here || (here.left >= 0 && here.right <= innerWidth);
}
"""
LOW_CONTRAST = """
() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = numbers(getComputedStyle(each).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [luminance(numbers(style.color)), luminance(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) found.add(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...found];
}
"""


async def _assert_beginning(page: Page, path: str) -> None:
    """No script moves where a reader begins: the first Tab lands on the skip link, from the top of the page."""
    assert await page.evaluate(HERE_IS_SHOWN), path
    assert await page.evaluate("[scrollX, scrollY]") == [0, 0], path
    assert await page.evaluate("getSelection().isCollapsed && document.activeElement === document.body"), path
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "skip", path


async def _assert_whole(page: Page, path: str) -> None:
    """In every width no page scrolls sideways, and in every light each text stands out from what is behind it."""
    await page.wait_for_function("!document.querySelector('[hx-get]') || typeof htmx === 'object'")
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(LOW_CONTRAST) == [], f"{path} in {scheme}"
        background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        is_dark = max(int(value) for value in re.findall(r"\d+", background)) < 128
        assert is_dark == (scheme == "dark")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


async def test_every_page_begins_at_its_top_is_whole_and_makes_the_browser_complain_of_nothing(
    page: Page, server: Server, paths: list[str]
) -> None:
    """Each page is opened once, on a phone: to open it takes longer than to look at it."""
    for path in [*paths, "/incidents", "/packs", "/repositories?show=unmapped", "/requests?state=pending"]:
        if path != "/nowhere":
            await page.set_viewport_size(PHONE)
            await page.goto(path)
            await _assert_beginning(page, path)
            await _assert_whole(page, path)
    await page.wait_for_load_state("networkidle")


async def test_pages_that_tell_of_a_mistake_are_whole_too(browser: Browser, server: Server) -> None:
    """Of their status the browser complains, so no test of its complaints may open them."""
    context = await reader_of(browser, server, viewport=PHONE)
    page = await context.new_page()
    for path in ("/nowhere", "/deployments?state=nonsense"):
        await page.goto(path)
        await _assert_beginning(page, path)
        await _assert_whole(page, path)
    await context.close()


async def test_filtering_needs_no_mouse(page: Page, server: Server, pen: Pen) -> None:
    await write_week(pen, server.app.clock.now())
    await page.goto("/deployments")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Text")).to_be_focused()
    await page.keyboard.type("mailer")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/deployments?text=mailer&**")
    await expect(page.get_by_role("row")).to_have_count(2)
    await expect(page.get_by_role("link", name="Clear")).to_be_visible()


async def test_everything_but_live_updates_works_without_javascript(browser: Browser, server: Server, pen: Pen) -> None:
    context = await reader_of(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/")
    await expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    await expect(page.get_by_role("button", name="Copy").first).to_be_hidden()
    now = server.app.clock.now()
    await write_week(pen, now)
    for number in range(30):
        await pen.record(at=now - timedelta(minutes=number), title=f"Number {number}")
    await page.goto("/deployments?limit=25")
    await expect(page.get_by_text("Live", exact=True)).to_be_hidden()
    await page.get_by_role("link", name="Older").click()
    await expect(page.get_by_role("link", name="Newest")).to_be_visible()
    await page.get_by_label("State").select_option("failed")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("row")).to_have_count(2)
    await page.goto("/repositories")
    row = page.get_by_role("row").filter(has_text="acme-tools/mailer")
    await row.get_by_label("Service for").select_option(label="Warehouse")
    await row.get_by_role("button", name="Map").click()
    await expect(row.get_by_role("link", name="Warehouse")).to_be_visible()
    await context.close()


async def test_times_are_told_in_the_readers_zone_and_on_lists_in_the_words_of_the_server(
    browser: Browser, server: Server, pen: Pen
) -> None:
    now = server.app.clock.now().replace(hour=20, minute=30, second=0)
    _, verdict = await pen.record(at=now - timedelta(days=1))
    context = await reader_of(browser, server, timezone_id="Asia/Tokyo")
    page = await context.new_page()
    await page.goto(f"/deployments/{verdict.deployment_id}")
    exact = page.locator("time[data-exact]").first
    await expect(exact).to_have_text(f"{now.date().isoformat()} 05:30:00 GMT+9")
    await expect(page.locator("time[data-relative]").first).to_have_attribute("title", re.compile(r"05:30:00 GMT\+9$"))
    await write_week(pen, server.app.clock.now())
    await page.goto("/deployments")
    scripted = await page.locator("td[data-label=Started]").all_inner_texts()
    await context.close()
    context = await reader_of(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/deployments")
    assert scripted[1:] == (await page.locator("td[data-label=Started]").all_inner_texts())[1:]
    await context.close()


async def test_a_command_is_copied_with_one_press(browser: Browser, server: Server) -> None:
    context = await reader_of(browser, server, permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_role("button", name="Copy").first.press("Enter")
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "shipledger credential create opsgenie --name my-ci" in await page.evaluate("navigator.clipboard.readText()")
    await context.close()
