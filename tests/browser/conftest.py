"""A real browser before the real application. To start it takes longer than most tests, so those of a module share it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page

from shipledger.ledger.state import State
from tests.support.chromium import browsing, reader_of, require_chromium
from tests.support.pen import Pen, new_pen
from tests.support.sample import write_week
from tests.support.server import Server
from tests.support.shipping import write_story

LISTS = (
    "/",
    "/deployments",
    "/issues",
    "/issues/NEW-7",
    "/issues/SHIP-1",
    "/projects/SHIP",
    "/services",
    "/services/checkout",
    "/repositories",
    "/requests",
    "/nowhere",
    "/ledger/docs",
)


@pytest.fixture(scope="module")
async def shared_browser() -> AsyncIterator[Browser]:
    async with browsing(require_chromium()) as running:
        yield running


@pytest.fixture
async def browser(shared_browser: Browser) -> AsyncIterator[Browser]:
    """A browser without tabs."""
    yield shared_browser
    for context in shared_browser.contexts:
        await context.close()


@pytest.fixture
async def pen(server: Server) -> Pen:
    return await new_pen(server.app.store, now=server.app.clock.now())


@pytest.fixture
async def paths(pen: Pen, server: Server) -> list[str]:
    """The pages of a small company's week: one or more of each kind."""
    now = server.app.clock.now()
    ids = await write_week(pen, now)
    await write_story(pen, now)
    await pen.record(at=now, title="Wants to go", state=State.PENDING, lasted=None, asks_for_gate=True)
    deployments = [f"/deployments/{ids[name]}" for name in ("story", "skewed")]
    requests = [f"/requests/{ids[name]}" for name in ("refused", "quarantined", "pending")]
    return [*LISTS, *deployments, f"{deployments[0]}/corrections", "/gates/GATE-1", *requests]


@pytest.fixture
async def page(browser: Browser, server: Server) -> AsyncIterator[Page]:
    """A tab that fails its test when the browser complains: a script error, or something that the policy forbids."""
    context = await reader_of(browser, server, viewport={"width": 1280, "height": 900})
    tab = await context.new_page()
    await tab.clock.install()  # it goes on as it always does, and can be set forward
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # That the network fails is what some tests are about.
        is_about_network = "net::ERR" in message.text or message.text.startswith(("htmx:sendError", "htmx:afterRequest"))
        if message.type in ("error", "warning") and not is_about_network:
            complaints.append(message.text)

    tab.on("console", note)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    assert not complaints
