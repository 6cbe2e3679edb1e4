"""A person creates the first account, invites another one, and sees what each may do."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from shipledger.access.people.roles import Role
from tests.support.chromium import reader_of
from tests.support.pen import new_pen
from tests.support.people import TESTER, members_of
from tests.support.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


async def choose_password(page: Page) -> None:
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password again").fill(PASSWORD)


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
    assert len(sent) > 5
    assert not [referer for referer in sent if "link=" in referer]
    await page.locator(".account-button").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("E-mail address").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Ada")).to_be_visible()
    await context.close()


async def test_a_viewer_sees_and_cannot_change_and_an_editor_s_change_has_their_name(browser: Browser, server: Server) -> None:
    app = server.app
    pen = await new_pen(app.store, now=app.clock.now())
    await pen.create_service("Checkout", at=app.clock.now())
    invited = await members_of(app.store, app.clock).invite(
        pen.organization_id, "eve@example.com", role=Role.EDITOR, name="Eve", by=TESTER
    )
    context = await browser.new_context(base_url=server.url)
    page = await context.new_page()
    await page.goto(f"/welcome?link={invited.link}")
    await choose_password(page)
    await page.get_by_role("button", name="Set the password").click()
    await page.goto("/services/checkout")
    await page.get_by_label("Map a repository").fill("acme/checkout")
    await page.get_by_role("button", name="Map", exact=True).click()
    await expect(page.get_by_text("By Eve,")).to_be_visible()
    await context.close()
    await server.sign_in(Role.VIEWER)
    context = await reader_of(browser, server)
    page = await context.new_page()
    await page.goto("/services/checkout")
    await expect(page.get_by_text("bitbucket.org/acme/checkout").first).to_be_visible()
    await expect(page.get_by_text("By Eve,")).to_be_visible()
    await expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    await expect(page.get_by_role("button", name="Map", exact=True)).to_have_count(0)
    await context.close()
