"""A person opens an issue and sees where it has shipped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.support.chromium import pass_a_round
from tests.support.jira_clients import follow_tutorial
from tests.support.pen import Pen
from tests.support.server import Server
from tests.support.shipping import PRODUCTION, STAGING, ship, write_story

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000


async def test_the_tutorials_last_step_shows_the_deployment_on_its_issue(page: Page, server: Server) -> None:
    await follow_tutorial(server)
    await page.goto("/issues/EXAMPLE-1")
    await expect(page.get_by_role("region", name="Releases").locator(".reached")).to_have_text("Production Successful")
    row = page.get_by_role("table", name="Deployments of EXAMPLE-1 to Production").get_by_role("row").nth(1)
    await expect(row.get_by_role("link", name="API updates")).to_have_attribute("href", "http://example.com/pipeline/api-update")
    await row.get_by_role("link", name="v2.0", exact=True).click()
    await expect(page.get_by_role("main")).to_contain_text("Updating APIs to v2.0")


async def test_an_issue_is_found_by_its_key_and_follows_what_is_reported(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    await ship(pen, "SHIP-1", at=now - timedelta(minutes=9), number=40, environment=STAGING)
    await page.goto("/")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Issues").click()
    await page.get_by_label("Issue key or project").fill("ship-1")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/issues/SHIP-1")
    panel = page.get_by_role("region", name="Releases")
    await expect(panel.locator(".reached")).to_have_text("Staging Successful")
    await ship(pen, "SHIP-1", at=server.app.clock.now(), number=40, environment=PRODUCTION)
    await pass_a_round(page)
    await expect(panel.locator(".reached")).to_have_text("Production Successful", timeout=PATIENCE_MS)
    row = page.get_by_role("table", name="Deployments of SHIP-1 to Production").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Storefront")
    await row.get_by_role("link", name="Release 40", exact=True).click()
    await page.get_by_role("link", name="SHIP-1", exact=True).click()
    await expect(page.get_by_role("heading", name="SHIP-1", exact=True)).to_be_visible()


async def test_older_deployments_stay_open_while_the_page_updates_itself(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    await write_story(pen, now)
    await page.goto("/issues/SHIP-1")
    table = page.get_by_role("table", name="Deployments of SHIP-1 to Production")
    await expect(table.get_by_text("Rolled back")).to_be_hidden()
    await table.get_by_text("1 older").click()
    await expect(table.get_by_text("Rolled back")).to_be_visible()
    await ship(pen, "SHIP-1", at=server.app.clock.now(), number=42, environment=PRODUCTION)
    await pass_a_round(page)
    await expect(table.get_by_text("2 older")).to_be_visible(timeout=PATIENCE_MS)
    await expect(table.get_by_text("Rolled back")).to_be_visible()


async def test_the_page_is_whole_in_every_width(page: Page, server: Server, pen: Pen) -> None:
    await write_story(pen, server.app.clock.now())
    await page.goto("/issues/SHIP-1")
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        for name in ("Production", "Staging", "Testing", "Development", "Unmapped"):
            await expect(page.get_by_role("table", name=f"Deployments of SHIP-1 to {name}")).to_be_visible()
        why = page.get_by_role("region", name="Why is my deployment not shown?")
        await expect(why).to_contain_text("1 update had no effect.")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
