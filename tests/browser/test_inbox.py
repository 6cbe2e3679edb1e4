"""From an unmapped environment in the inbox to its tier on the page of its deployment, with one click."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser


async def test_one_click_maps_an_environment_and_its_deployment_shows_the_tier(
    browser: Browser, server: Server, pen: Pen
) -> None:
    now = server.app.clock.now()
    environment = Environment(id="m-1", name="mars", tier=Tier.UNMAPPED)
    _, verdict = await pen.record(at=now, environment=environment, releases=())
    context = await reader_of(browser, server)
    page = await context.new_page()
    await page.goto("/deployments")
    await page.locator(".menu .count", has_text="1").wait_for()
    await page.get_by_role("link", name="Inbox").click()
    await page.locator("button[name=tier][value=staging]").click()
    await page.get_by_text("Nothing is open").wait_for()
    assert await page.locator(".menu .count").count() == 0
    await page.goto(f"/deployments/{verdict.deployment_id}")
    await page.locator(".tier-staging").first.wait_for()
    await context.close()
