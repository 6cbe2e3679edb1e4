"""A title may be one word of 10,000 characters: no page becomes wider than its window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page

from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ledger.state import State
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

LONG = "Release-" + "w" * 9_992
INCIDENT = "01900000-0000-7000-8000-000000000001"
WIDTHS = (1280, 390)


async def test_no_page_is_wider_than_its_window(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    hour = timedelta(hours=1)
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=now - 99 * hour)
    _, verdict = await pen.record(at=now - 2 * hour, title=LONG, issue_keys=("SHIP-1",))
    await pen.record(at=now - hour / 2, title=LONG, state=State.FAILED, issue_keys=("SHIP-1",))
    await pen.record(at=now - 9 * hour, title=LONG, state=State.IN_PROGRESS, lasted=None)
    await pen.record(at=now - hour / 9, title=LONG, state=State.PENDING, lasted=None, asks_for_gate=True)
    incident = Incident(
        organization_id=pen.organization_id,
        incident_id=INCIDENT,
        source="datadog",
        version=1,
        recorded_at=now - hour,
        updated_at=now - hour,
        facts=IncidentFacts(started_at=now - hour, title=LONG, services=("Checkout",)),
        orders={},
    )
    await server.app.store.save_records([incident])
    one = f"/deployments/{verdict.deployment_id}"
    lists = ("/", "/matrix", "/timeline", "/deployments", "/search?q=release", "/incidents", "/services/checkout")
    wide = []
    for path in (*lists, one, f"{one}/corrections", "/issues/SHIP-1", f"/incidents/{INCIDENT}", "/gates/GATE-1", "/audit"):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            found = await page.evaluate("document.documentElement.scrollWidth")
            if found > width:
                wide.append(f"{path} at {width}: {found}")
    assert wide == []
