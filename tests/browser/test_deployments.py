"""The list of deployments as a reader uses it: many lines at once, each of which leads on, and filters that fold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.support.accessibility import find_violations
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

WHOLE_ROWS = """() => [...document.querySelectorAll("tbody tr")].filter((row) => {
  const place = row.getBoundingClientRect();
  return place.top >= 0 && place.bottom <= innerHeight;
}).length"""


async def _write(pen: Pen, server: Server) -> None:
    now = server.app.clock.now()
    await pen.create_service("A service whose name is longer than its column", "bitbucket.org/acme/checkout", at=now)
    for number in range(30):
        at = now - timedelta(hours=number)
        await pen.record(at=at, title=f"{number} " + "A long title of a deployment " * 9, actor="somebody-with-a-name" * 3)


async def test_a_laptops_first_screen_has_fifteen_lines_and_each_leads_to_its_deployment(
    page: Page, server: Server, pen: Pen
) -> None:
    await _write(pen, server)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto("/deployments?limit=25")
    assert await page.evaluate(WHOLE_ROWS) >= 15
    assert await page.evaluate("document.documentElement.scrollWidth") == 1280
    assert await page.evaluate("(frame => frame.scrollWidth - frame.clientWidth)(document.querySelector('.table-frame'))") == 0
    assert await find_violations(page) == []
    await page.locator("tbody tr").nth(3).locator("[data-label=Started]").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("3 A long title")
    await page.goto("/deployments?limit=25")
    await page.locator("tbody tr").nth(3).locator("[data-label=Service] a").click()
    await page.wait_for_url("**/services/*")
    await page.goto("/deployments?limit=25&before=" + (await _place_of_older(page)))
    assert await page.locator("tbody tr").count() == 5


async def _place_of_older(page: Page) -> str:
    await page.goto("/deployments?limit=25")
    return (await page.locator("#page-older").get_attribute("href") or "").partition("before=")[2].partition("&")[0]


async def test_on_a_phone_the_filters_fold_and_are_all_there_by_keyboard(page: Page, server: Server, pen: Pen) -> None:
    await _write(pen, server)
    await page.set_viewport_size({"width": 320, "height": 800})
    await page.goto("/deployments")
    assert await page.evaluate("document.querySelector('tbody tr').getBoundingClientRect().top") < 500
    assert not await page.locator("#state").is_visible()
    await page.locator("#more-filters > summary").focus()
    await page.keyboard.press("Enter")
    await page.locator("#further-filters > summary").focus()
    await page.keyboard.press("Enter")
    await page.locator("#team").fill("nobody")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**team=nobody**")
    await expect(page.get_by_text("No matching deployments")).to_be_visible()
    assert await page.locator("#team").input_value() == "nobody"
    assert await find_violations(page) == []


async def test_filters_are_saved_and_found_again_by_keyboard(page: Page, server: Server, pen: Pen) -> None:
    await _write(pen, server)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto("/deployments?state=failed")
    await page.locator("#views > summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Save these filters as").fill("What failed")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Only you see it")).to_be_visible()
    await page.goto("/deployments?limit=25")
    assert await page.evaluate(WHOLE_ROWS) >= 15
    await page.locator("#views > summary").click()
    assert await find_violations(page) == []
    await page.get_by_role("link", name="What failed").click()
    await page.wait_for_url("**state=failed**")
    await page.locator("#views > summary").click()
    await page.get_by_role("button", name="Delete What failed").click()
    await expect(page.get_by_text("The saved view is deleted.")).to_be_visible()
