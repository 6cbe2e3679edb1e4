"""Take the pictures of the documentation: ``python -m tests.browser.take_pictures``, or those named behind it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from shipledger.access.issuing import issue_credential
from shipledger.access.people.roles import Role
from tests.support.chromium import browsing, reader_of, require_chromium
from tests.support.pen import new_pen
from tests.support.people import TESTER, members_of
from tests.support.project import DOCS
from tests.support.sample import write_week
from tests.support.server import Server, serving

IMAGES = DOCS / "images"
LAPTOP = {"width": 1280, "height": 900}
SMALL = {"width": 800, "height": 560}
TABLET = {"width": 1024, "height": 640}
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
    """Write all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder) / "ledger.db") as server, browsing(require_chromium()) as browser:
            now = server.app.clock.now()
            await server.sign_in(name="Ada Lovelace")
            ids = await write_week(await new_pen(server.app.store, now=now), now)
            await _take(browser, server, "deployments.png", "/deployments", viewport=LAPTOP)
            await _take(browser, server, "dark.png", f"/deployments/{ids['story']}", viewport=LAPTOP, color_scheme="dark")
            await _take(browser, server, "home.png", "/", viewport=LAPTOP)
            await _take(browser, server, "timeline.png", "/timeline?range=7d", viewport=LAPTOP)
            await _take(browser, server, "phone.png", "/", opens="Menu", viewport=PHONE)
            await _take(browser, server, "keys.png", "/deployments", opens="Keyboard shortcuts", viewport=SMALL)
            await _add_people(server)
            await _add_sources(server)
            await _take(browser, server, "people.png", "/settings/people", viewport=TABLET)
            await _take(browser, server, "sources.png", "/sources", viewport=TABLET)
            await _take(browser, server, "inbox.png", "/inbox", viewport=TABLET)


async def _add_people(server: Server) -> None:
    members, owner = members_of(server.app.store, server.app.clock), await server.organization_id()
    for name, role, teams in (
        ("Grace Hopper", Role.APPROVER, {}),
        ("Katherine Johnson", Role.EDITOR, {}),
        ("Edsger Dijkstra", None, {"Payments": Role.EDITOR}),
        ("Radia Perlman", Role.VIEWER, {}),
    ):
        email = f"{name.split()[0].lower()}@example.com"
        await members.invite(owner, email, role=role, team_roles=teams, name=name, by=TESTER)


async def _add_sources(server: Server) -> None:
    store, now, owner = server.app.store, server.app.clock.now(), await server.organization_id()
    for number, (kind, name) in enumerate(
        (("native", "storefront pipeline"), ("opsgenie", "checkout pipeline"), ("datadog", "payments pipeline"))
    ):
        made = issue_credential(organization_id=owner, kind=kind, name=name, now=now, randomness=bytes(7) + bytes([number]))
        await store.create_credential(made.credential)
        if kind == "native":
            async with server.client(headers={"Authorization": f"Bearer {made.secret}"}) as http:
                (await http.get("/ledger/v1/deployments")).raise_for_status()
                (await http.get("/ledger/v1/services")).raise_for_status()


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    asyncio.run(take_all())
