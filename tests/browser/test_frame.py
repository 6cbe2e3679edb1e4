"""What surrounds every page: the menu, the keys, the theme, and the message of what was done."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


async def _press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_keys_lead_to_pages_and_into_the_search(page: Page) -> None:
    await page.goto("/")
    await _press(page, "g", "d")
    await page.wait_for_url("**/deployments")
    await _press(page, "/")
    box = page.get_by_role("searchbox", name="Search", exact=True)
    await expect(box).to_be_focused()
    await page.keyboard.type("g?i")
    await expect(box).to_have_value("g?i")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await page.get_by_role("heading", name="Deployments", exact=True).click()
    await _press(page, "g", "z", "i")
    await _press(page, "g", "i")
    await page.wait_for_url("**/issues")


async def test_the_list_of_keys_opens_closes_and_switches_them_off(page: Page) -> None:
    await page.goto("/services")
    await _press(page, "?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys).to_contain_text("Repositories")
    await keys.get_by_role("checkbox").uncheck()
    await _press(page, "Escape", "?")
    await expect(keys).to_be_hidden()
    await page.reload()
    await _press(page, "g", "d", "?")
    await expect(keys).to_be_hidden()
    await page.get_by_role("button", name="Keyboard shortcuts").click()
    await keys.get_by_role("checkbox").check()
    await keys.get_by_role("button", name="Close").click()
    await _press(page, "g", "h")
    await page.wait_for_url(lambda url: url.endswith("/"))


async def test_a_phone_shows_the_whole_menu_behind_a_button(browser: Browser, server: Server) -> None:
    """Without scripts, which have no part in it; with them the menu is opened where axe looks at it."""
    context = await reader_of(browser, server, viewport={"width": 320, "height": 700}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/incidents")
    menu = page.get_by_role("navigation", name="Main")
    await expect(menu).to_be_hidden()
    await page.get_by_role("button", name="Menu").press("Enter")
    await expect(menu.get_by_role("link", name="Incidents")).to_have_attribute("aria-current", "page")
    for name in ("Home", "Settings"):
        await expect(menu.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await page.goto("/deployments")
    await expect(page.get_by_label("State")).to_be_hidden()
    await page.get_by_text("More filters").click()
    await expect(page.get_by_label("State")).to_be_visible()
    await page.set_viewport_size({"width": 1280, "height": 700})
    await expect(menu.get_by_role("link", name="Settings")).to_be_visible()
    await page.goto("/deployments")
    await expect(page.get_by_label("State")).to_be_visible()
    await context.close()


async def test_a_chosen_theme_stays_whatever_the_system_prefers(browser: Browser, server: Server) -> None:
    """Without scripts, which have no part in it."""
    context = await reader_of(browser, server, color_scheme="light", java_script_enabled=False)
    page = await context.new_page()
    seen = []
    for name in ("System", "Dark", "Light"):
        await page.goto("/deployments?state=failed&limit=25")
        button = page.get_by_role("button", name=name, exact=True)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        assert page.url.endswith("/deployments?state=failed&limit=25")
        colours = []
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            colours.append(await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))
        seen.append(colours)
    (light, dark), chosen_dark, chosen_light = seen
    assert light != dark
    assert chosen_dark == [dark, dark]
    assert chosen_light == [light, light]
    await context.close()


async def test_what_was_done_is_said_once(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    await pen.create_service("Checkout", at=now)
    await page.goto("/services/checkout")
    await page.get_by_label("Map a repository").fill("bitbucket.org/acme/checkout")
    await page.get_by_role("button", name="Map", exact=True).click()
    message = page.get_by_role("status").filter(has_text="Mapped.")
    await expect(message).to_be_visible()
    assert page.url.endswith("/services/checkout")
    await message.get_by_role("button", name="Close").click()
    await expect(message).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("heading", name="Checkout", level=1)).to_be_visible()
    await expect(message).to_have_count(0)


async def test_the_search_is_in_the_head_of_a_page_and_needs_no_script(browser: Browser, server: Server) -> None:
    context = await reader_of(browser, server, viewport={"width": 320, "height": 700}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/incidents")
    box = page.get_by_role("searchbox", name="Search", exact=True)
    await box.fill("kettle & <b>")
    await box.press("Enter")
    await page.wait_for_url("**/search?q=kettle+%26+%3Cb%3E")
    await expect(page.get_by_role("heading", name="Results for “kettle & <b>”")).to_be_visible()
    await expect(box).to_have_value("kettle & <b>")
    await context.close()
