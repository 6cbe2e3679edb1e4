"""Take the pictures of the documentation: ``python -m tests.browser.take_pictures``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from tests.support.chromium import browsing, reader_of, require_chromium
from tests.support.pen import new_pen
from tests.support.project import DOCS
from tests.support.sample import write_week
from tests.support.server import Server, serving

IMAGES = DOCS / "images"
LAPTOP = {"width": 1280, "height": 900}
SMALL = {"width": 800, "height": 560}
PHONE = {"width": 390, "height": 844}


async def _take(browser: Browser, server: Server, name: str, path: str, *, opens: str = "", **options: Any) -> None:
    context = await reader_of(browser, server, **options)
    page = await context.new_page()
    await page.goto(path, wait_until="networkidle")
    if opens:
        await page.get_by_role("button", name=opens).click()
    await page.screenshot(path=IMAGES / name)
    await context.close()


async def take_all() -> None:
    """Write all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder) / "ledger.db") as server, browsing(require_chromium()) as browser:
            now = server.app.clock.now()
            await server.sign_in(name="Ada Lovelace")
            ids = await write_week(await new_pen(server.app.store, now=now), now)
            await _take(browser, server, "deployments.png", "/deployments", viewport=LAPTOP)
            await _take(browser, server, "dark.png", f"/deployments/{ids['story']}", viewport=LAPTOP, color_scheme="dark")
            await _take(browser, server, "phone.png", "/", opens="Menu", viewport=PHONE)
            await _take(browser, server, "keys.png", "/deployments", opens="Keyboard shortcuts", viewport=SMALL)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    asyncio.run(take_all())
