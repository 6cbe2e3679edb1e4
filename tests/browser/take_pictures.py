"""Take the pictures of the documentation: ``python -m tests.browser.take_pictures``, or those named behind it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from shipledger.clock import Clock
from shipledger.demo.loading import make_sample
from shipledger.demo.sample import list_sample
from shipledger.deployments.listing import DeploymentFilter
from shipledger.ledger.deployment import Deployment
from shipledger.protocols.registry import settings_type
from tests.support.chromium import browsing, reader_of, require_chromium
from tests.support.project import DOCS
from tests.support.server import Server, serving

IMAGES = DOCS / "images"
LAPTOP = {"width": 1280, "height": 900}
PAGES = {
    "home": "/",
    "matrix": "/matrix",
    "compare": "/compare?left=Production+EU&right=Staging",
    "timeline": "/timeline?range=7d",
    "deployments": "/deployments",
    "services": "/services",
    "service": "/services/checkout",
    "incidents": "/incidents",
    "projects": "/projects",
    "search": "/search?q=checkout",
    "requests": "/requests",
    "inbox": "/inbox",
    "sources": "/sources",
    "people": "/settings/people",
    "audit": "/audit",
    "status": "/status",
}
"""Each picture with the page that it shows."""
SMALL = {"width": 800, "height": 560}
PHONE = {"width": 390, "height": 844}


async def _take(browser: Browser, server: Server, name: str, path: str, *, opens: str = "", **options: Any) -> None:
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    context = await reader_of(browser, server, **options)
    page = await context.new_page()
    await page.goto(path, wait_until="networkidle")
    if opens:
        await page.get_by_role("button", name=opens).click()
    await page.screenshot(path=IMAGES / name)
    await context.close()


async def take_all() -> None:
    """Write all pictures, of the sample that `make demo` shows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        settings = settings_type()(database_url=f"sqlite:///{path}", port=0)
        await make_sample(path, settings, list_sample(Clock().now()), advance=lambda *_: None)
        async with serving(path) as server, browsing(require_chromium()) as browser:
            await server.sign_in(name="Ada Lovelace")
            for name, page in PAGES.items():
                await _take(browser, server, f"{name}.png", page, viewport=LAPTOP)
            newest = await _find_newest(server)
            page = f"/deployments/{newest.deployment_id}"
            await _take(browser, server, "deployment.png", page, viewport=LAPTOP)
            await _take(browser, server, "dark.png", page, viewport=LAPTOP, color_scheme="dark")
            await _take(browser, server, "issue.png", f"/issues/{next(iter(newest.issues))}", viewport=LAPTOP)
            await _take(browser, server, "phone.png", "/", opens="Menu", viewport=PHONE)
            await _take(browser, server, "keys.png", "/deployments", opens="Keyboard shortcuts", viewport=SMALL)


async def _find_newest(server: Server) -> Deployment:
    """The newest that succeeded in production: what it changed is on its page."""
    wanted = DeploymentFilter(state="successful", tier="production", limit=20)
    found = await server.app.store.list_deployments(await server.organization_id(), wanted)
    return next(one for one in found if one.issues)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    asyncio.run(take_all())
