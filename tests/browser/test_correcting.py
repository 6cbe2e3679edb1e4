"""Correct a deployment in a browser, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from tests.support.accessibility import find_violations
from tests.support.chromium import reader_of
from tests.support.server import Server

pytestmark = pytest.mark.browser


async def _correct(page: Page, path: str, title: str) -> None:
    """Preview a title, and correct it."""
    await page.goto(path)
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Why", exact=True).first.fill("It had another name.")
    await page.get_by_role("button", name="Preview", exact=True).click()
    assert await page.get_by_role("heading", name="What would move").is_visible()


async def test_a_title_is_corrected_and_that_is_undone_by_keyboard(page: Page, paths: list[str]) -> None:
    path = next(one for one in paths if one.endswith("/corrections"))
    await _correct(page, path, "Renamed by hand")
    assert await find_violations(page) == []
    await page.get_by_role("button", name="Correct it").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Corrected. Lists, lanes and numbers follow at once.").wait_for()
    assert await find_violations(page) == []
    await page.set_viewport_size({"width": 320, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.goto(path.removesuffix("/corrections"))
    assert await page.get_by_role("heading", level=1).inner_text() == "Renamed by hand"
    await page.get_by_role("link", name="Correct, mark or remove it").click()
    await page.get_by_role("button", name="Undo").press("Enter")
    await page.get_by_role("button", name="Undo it").press("Enter")
    await page.get_by_text("What held before the correction holds again.").wait_for()


async def test_it_works_without_scripts(browser: Browser, server: Server, paths: list[str]) -> None:
    context = await reader_of(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await _correct(page, next(one for one in paths if one.endswith("/corrections")), "Without scripts")
    await page.get_by_role("button", name="Correct it").click()
    assert await page.get_by_text("“It had another name.”").first.is_visible()
    await context.close()
