"""Merge two records of one deployment in a browser, by keyboard and without scripts, and split them again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser

from tests.support.accessibility import find_violations
from tests.support.chromium import reader_of
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser


async def test_two_records_are_merged_and_split_by_keyboard_without_scripts(browser: Browser, server: Server, pen: Pen) -> None:
    ids = []
    for minutes, source in ((60, "datadog"), (59, "jira")):
        at = server.app.clock.now() - timedelta(minutes=minutes)
        _, verdict = await pen.record(at=at, source=source, title=f"Told by {source}", version=f"v1 of {source}")
        ids.append(verdict.deployment_id)
    host, other = ids
    context = await reader_of(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"/deployments/{other}")
    await page.get_by_role("link", name="Merge it with another record").click()
    assert await page.get_by_label("The deployment that both become").input_value() == host
    await page.get_by_label("Why").fill("One run.")
    await page.get_by_role("button", name="Preview").press("Enter")
    await page.get_by_role("heading", name="What it would be").wait_for()
    await page.set_viewport_size({"width": 320, "height": 800})
    await page.get_by_role("button", name="Merge", exact=True).press("Enter")
    await page.get_by_role("heading", name="Told by 2 records").wait_for()
    await page.get_by_role("link", name="Told by jira", exact=True).first.click()
    await page.get_by_role("link", name="Split it off").click()
    await page.get_by_label("Why").fill("Two runs.")
    await page.get_by_role("button", name="Preview the split").press("Enter")
    await page.get_by_role("button", name="Split it off").press("Enter")
    await page.get_by_text("It is a deployment of its own again.").wait_for()
    await context.close()


async def test_axe_finds_nothing_on_the_pages_of_merged_records(browser: Browser, server: Server, pen: Pen) -> None:
    ids = []
    for minutes, source in ((60, "datadog"), (59, "jira"), (58, "opsgenie")):
        at = server.app.clock.now() - timedelta(minutes=minutes)
        _, verdict = await pen.record(at=at, source=source, title=f"Told by {source}", version=f"v1 of {source}")
        ids.append(str(verdict.deployment_id))
    context = await reader_of(browser, server)
    page = await context.new_page()
    await page.goto(f"/deployments/{ids[1]}/merging")
    await page.get_by_label("Why").fill("One run.")
    await page.get_by_role("button", name="Preview").click()
    assert await find_violations(page) == []
    await page.get_by_role("button", name="Merge", exact=True).click()
    await page.get_by_role("heading", name="Told by 2 records").wait_for()
    for path in (
        f"/deployments/{ids[0]}",
        f"/deployments/{ids[0]}/merging",
        f"/deployments/{ids[1]}",
        f"/deployments/{ids[1]}/merging",
    ):
        await page.goto(path)
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await find_violations(page) == [], (path, width)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await context.close()
