"""Somebody signs in at a real identity provider, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import Serve
from tests.support.accessibility import find_violations
from tests.support.people import add_person
from tests.support.real_provider import real_provider, settings_for

pytestmark = pytest.mark.browser

ADA = {"sub": "ada-1", "email": "ada@example.com", "email_verified": True, "name": "Ada", "groups": ["sre"]}


async def test_a_provider_leads_back_to_the_page_that_was_asked_for_and_its_groups_bring_the_role(
    browser: Browser, serve: Serve
) -> None:
    async with real_provider([ADA]) as issuer, serve(**settings_for(issuer)) as server:
        await add_person(server.app.store, await server.organization_id())
        context = await browser.new_context(base_url=server.url)
        await context.route("https://**", lambda route: route.abort())  # the provider's own page has a stylesheet elsewhere
        page = await context.new_page()
        await page.goto("/settings/people")
        assert await find_violations(page) == []
        await page.get_by_role("link", name="Sign in with Example ID").click()
        await page.get_by_role("button", name="ada-1").click()
        await expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
        assert page.url == f"{server.url}/settings/people"
        await expect(page.get_by_role("row").filter(has_text="Ada")).to_contain_text("Approver")
        await expect(page.get_by_role("button", name="Invite")).to_have_count(0)
