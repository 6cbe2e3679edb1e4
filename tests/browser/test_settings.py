"""An administrator changes settings, without a script."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.support.chromium import reader_of
from tests.support.server import Server

pytestmark = pytest.mark.browser


async def test_a_retention_is_shortened_after_a_warning_and_a_rule_is_added_after_a_preview(
    browser: Browser, server: Server
) -> None:
    context = await reader_of(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/settings")
    await page.get_by_role("link", name="receipt_retention_days").click()
    await page.get_by_label("Value in days").fill("soon")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("alert")).to_contain_text("must be a whole number of days")
    await expect(page.get_by_label("Value in days")).to_have_value("soon")
    await page.get_by_label("Value in days").fill("30")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("heading", name="Set receipt_retention_days to 30?")).to_be_visible()
    await expect(page.get_by_text("will lose what arrived, for good.")).to_be_visible()
    await page.get_by_role("button", name="Set it and erase").click()
    await expect(page.get_by_role("status")).to_contain_text("The setting is changed.")
    await page.get_by_role("navigation", name="Settings").get_by_role("link", name="Tier rules").click()
    await page.get_by_label("Pattern").fill("blue*")
    await page.get_by_role("button", name="Preview", exact=True).first.click()
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("rowheader", name="blue*")).to_be_visible()
    await context.close()
