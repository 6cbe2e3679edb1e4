"""Take the picture for the README: ``python -m tests.browser.take_picture``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.support.chromium import browsing, reader_of, require_chromium
from tests.support.pen import new_pen
from tests.support.project import DOCS
from tests.support.sample import write_week
from tests.support.server import serving

PICTURE = DOCS / "images" / "deployments.png"


async def take(picture: Path) -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder) / "ledger.db") as server, browsing(require_chromium()) as browser:
            now = server.app.clock.now()
            await write_week(await new_pen(server.app.store, now=now), now)
            context = await reader_of(browser, server, viewport={"width": 1280, "height": 900})
            page = await context.new_page()
            await page.goto("/deployments", wait_until="networkidle")
            await page.screenshot(path=picture)
            await context.close()


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    asyncio.run(take(PICTURE))
