"""A real browser: the Chromium of the system, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.missing import give_up
from tests.support.server import Server

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Some builds, and users by Chromium's own experiments, have it off: scrolling on load then moves where the Tab key starts.
    "--disable-blink-features=ScrollIntoViewNoInitialFocusNavigationStartingPoint",
)
ROUND_MS = 30_000
"""Pages ask for what is new so often, or more often."""

MISSING = "There is no Chromium on this machine. Install it: apt-get update && apt-get install -y chromium"


def find_chromium() -> str | None:
    """Where the system's Chromium is, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def require_chromium() -> str:
    """Where it is. Without one the test is skipped, or fails where CI says that there must be one."""
    return find_chromium() or give_up(MISSING)


@asynccontextmanager
async def browsing(executable: str) -> AsyncIterator[Browser]:
    """A running browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def reader_of(browser: Browser, server: Server, **options: Any) -> BrowserContext:
    """Tabs of a browser in which an administrator has signed in to ``server``; ``options`` are those of a new context."""
    context = await browser.new_context(base_url=server.url, **options)
    cookies = server.cookies or await server.sign_in()
    await context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    return context


async def pass_a_round(page: Page) -> None:
    """Let the time of a page pass in which it asks for what is new, at once. The fixture ``page`` can do that."""
    await page.clock.fast_forward(ROUND_MS)
