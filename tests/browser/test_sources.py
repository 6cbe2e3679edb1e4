"""A person creates a source, pastes its first call into a shell, and sees the page turn green."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.support.chromium import reader_of
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without"])
async def test_a_copied_call_turns_the_page_of_a_new_source_green(browser: Browser, server: Server, is_scripted: bool) -> None:
    context = await reader_of(browser, server, java_script_enabled=is_scripted)
    page = await context.new_page()
    await page.goto("/sources")
    await page.get_by_label("Name, such as").fill("GitHub of acme")
    await page.get_by_role("button", name="Create a source").click()
    await expect(page.get_by_text("Waiting for the first request")).to_be_visible()
    call = await page.locator("#snippet-1 code").inner_text()
    assert server.url in call
    process = await asyncio.create_subprocess_shell(
        f"{call} --noproxy '*'", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await process.communicate()
    assert process.returncode == 0, (out, error)
    await server.app.use_writing.write()
    if not is_scripted:
        await page.get_by_role("link", name="Look again").click()
    await expect(page.get_by_text("Heard")).to_be_visible()
    await expect(page.get_by_text("1 in a day")).to_be_visible()
    await context.close()
