"""A person creates the first account."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


async def choose_password(page: Page) -> None:
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password again").fill(PASSWORD)


async def invite_a_viewer(browser: Browser, server: Server, page: Page) -> None:
    """Whoever follows the link that an administrator gets sees who belongs to the organization, and invites nobody."""
    await page.goto("/settings/people")
    await page.get_by_label("E-mail address").fill("bob@example.com")
    await page.get_by_role("button", name="Invite").click()
    link = await page.get_by_role("region", name="Invited: send this link").locator("code").inner_text()
    context = await browser.new_context(base_url=server.url, java_script_enabled=False)
    guest = await context.new_page()
    await guest.goto(link)
    await choose_password(guest)
    await guest.get_by_role("button", name="Set the password").click()
    await guest.goto("/settings/people")
    await expect(guest.get_by_role("rowheader", name="Ada")).to_be_visible()
    await expect(guest.get_by_role("button", name="Invite")).to_have_count(0)
    await context.close()


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without"])
async def test_the_first_link_leads_to_home_and_is_told_to_nobody(browser: Browser, server: Server, is_scripted: bool) -> None:
    context = await browser.new_context(base_url=server.url, java_script_enabled=is_scripted)
    page = await context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("referer", "")))
    await page.goto("/deployments")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("shipledger link")).to_be_visible()
    await page.goto(server.link)
    await page.get_by_label("E-mail address").fill("ada@example.com")
    await page.get_by_label("Your name").fill("Ada")
    await choose_password(page)
    await page.get_by_label("Password again").fill("something else, by mistake")
    await page.get_by_role("button", name="Create the account").click()
    await expect(page.get_by_role("alert")).to_have_text("The two passwords differ.")
    await choose_password(page)
    await page.get_by_role("button", name="Create the account").click()
    await expect(page.get_by_role("heading", name="Record your first deployment")).to_be_visible()
    assert page.url == f"{server.url}/"
    if is_scripted:
        assert await page.evaluate("document.cookie") == ""
        assert "link=" not in await page.evaluate("document.referrer")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Deployments").click()
    await expect(page.get_by_role("heading", name="Deployments", exact=True)).to_be_visible()
    assert len(sent) > 5
    assert not [referer for referer in sent if "link=" in referer]
    if is_scripted:  # forms of the same kind follow
        await context.close()
        return
    await page.locator(".account-button").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("E-mail address").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Ada")).to_be_visible()
    await invite_a_viewer(browser, server, page)
    await context.close()
