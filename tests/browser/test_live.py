"""Pages that keep themselves current."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from playwright.async_api import Page, expect

from shipledger.ledger.state import State
from tests.support.chromium import pass_a_round
from tests.support.opsgenie import create_body
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
MARK = "document.body.dataset.mark = 'not loaded again'"


async def test_the_first_deployment_appears_on_the_start_page_by_itself(page: Page, opsgenie: httpx2.AsyncClient) -> None:
    await page.goto("/")
    await expect(page.get_by_text("Waiting for the first deployment")).to_be_visible()
    await page.evaluate(MARK)
    answer = await opsgenie.post("/v2/deployments", json=create_body(message="The very first"))
    assert answer.status_code == 202
    await pass_a_round(page)
    await expect(page.get_by_role("link", name="The very first").first).to_be_visible(timeout=PATIENCE_MS)
    assert await page.evaluate("document.body.dataset.mark") == "not loaded again"


async def test_what_is_newer_is_offered_and_no_row_jumps(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    for number in range(5):
        await pen.record(at=now - timedelta(minutes=number + 1), title=f"Number {number}")
    _, running = await pen.record(at=now, title="On its way", state=State.IN_PROGRESS, lasted=None)
    await page.goto("/deployments?tier=production&limit=25")
    await page.evaluate(MARK)
    focused = page.get_by_role("link", name="Number 3")
    await focused.focus()
    row = page.get_by_role("row").filter(has_text="On its way")
    await pen.change(running.deployment_id or "", State.FAILED, at=server.app.clock.now())
    await pass_a_round(page)
    await expect(row).to_contain_text("Failed", timeout=PATIENCE_MS)
    await expect(focused).to_be_focused()
    await pen.record(at=server.app.clock.now(), title="Brand new", state=State.IN_PROGRESS, lasted=None)
    await pass_a_round(page)
    note = page.get_by_role("status").filter(has_text="There is something newer.")
    await expect(note).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.get_by_text("Brand new")).to_have_count(0)
    await expect(focused).to_be_focused()
    await pass_a_round(page)
    await expect(note).to_have_count(1)
    await note.get_by_role("button", name="Show it").click()
    await expect(page.get_by_role("row").filter(has_text="Brand new")).to_contain_text("In progress", timeout=PATIENCE_MS)
    await expect(note).to_have_count(0)
    assert page.url.endswith("/deployments?tier=production&limit=25")
    assert await page.evaluate("document.body.dataset.mark") == "not loaded again"


async def test_a_page_changes_as_soon_as_its_record_does(page: Page, opsgenie: httpx2.AsyncClient) -> None:
    assert (await opsgenie.post("/v2/deployments", json=create_body(message="Watched", state="started"))).status_code == 202
    await page.goto("/deployments")
    async with page.expect_response("**/live"):
        await page.get_by_role("link", name="Watched").click()
    await page.evaluate(MARK)
    await expect(page.get_by_text("In progress").first).to_be_visible()
    done = {"state": "successful", "completedAt": "2026-03-04T09:50:00Z"}
    target = f"/v2/deployments/{create_body()['externalId']}/updateState?type=api"
    assert (await opsgenie.patch(target, json=done)).status_code == 202
    await expect(page.get_by_text("Successful").first).to_be_visible(timeout=5_000)  # without the time of a round passing
    assert await page.evaluate("document.body.dataset.mark") == "not loaded again"


async def test_an_older_page_stays_where_it_is_and_shows_changes(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    _, oldest = await pen.record(at=now - timedelta(hours=1), title="The oldest", state=State.IN_PROGRESS, lasted=None)
    for number in range(26):
        await pen.record(at=now - timedelta(minutes=number), title=f"Number {number}")
    await page.goto("/deployments?limit=25")
    await page.get_by_role("link", name="Older").click()
    row = page.get_by_role("row").filter(has_text="The oldest")
    await expect(row).to_contain_text("In progress")
    await pen.record(at=server.app.clock.now(), title="Brand new")
    await pen.change(oldest.deployment_id or "", State.SUCCESSFUL, at=server.app.clock.now())
    await pass_a_round(page)
    await expect(row).to_contain_text("Successful", timeout=PATIENCE_MS)
    await expect(page.get_by_text("Brand new")).to_have_count(0)
    await expect(page.get_by_role("row")).to_have_count(3)


async def test_text_that_is_being_selected_is_left_alone(page: Page, server: Server, pen: Pen) -> None:
    await pen.record(at=server.app.clock.now(), title="Select me")
    await page.goto("/deployments")
    await page.get_by_role("link", name="Select me").evaluate("element => getSelection().selectAllChildren(element)")
    await pen.record(at=server.app.clock.now(), title="Brand new")
    await page.evaluate("addEventListener('htmx:beforeRequest', () => { document.body.dataset.round = 'over' })")
    await pass_a_round(page)
    await page.wait_for_function("document.body.dataset.round === 'over'")
    await page.wait_for_load_state("networkidle")
    await expect(page.get_by_role("link", name="Brand new")).to_have_count(0)
    assert await page.evaluate("getSelection().toString()") == "Select me"
    await page.evaluate("getSelection().removeAllRanges()")
    await pass_a_round(page)
    await expect(page.get_by_text("There is something newer.")).to_be_visible(timeout=PATIENCE_MS)


async def test_a_server_that_went_away_is_told_until_it_is_back(page: Page, server: Server, pen: Pen) -> None:
    await pen.record(at=server.app.clock.now(), title="Still here")
    await page.goto("/deployments")
    await page.route("**/deployments**", lambda route: route.abort())
    await pass_a_round(page)
    await expect(page.get_by_role("status")).to_have_text("Not reached, trying again", timeout=PATIENCE_MS)
    await expect(page.get_by_role("link", name="Still here")).to_be_visible()
    await page.unroute("**/deployments**")
    await pass_a_round(page)
    await expect(page.get_by_role("status")).to_have_text("Live", timeout=PATIENCE_MS)


async def test_a_waiting_request_shows_its_verdict_by_itself(page: Page, server: Server, pen: Pen) -> None:
    receipt_id = await pen.leave_pending(at=server.app.clock.now(), claimed_by=server.app.roster._node_id)
    await page.goto(f"/requests/{receipt_id}")
    await expect(page.get_by_text("Pending.")).to_be_visible()
    record = await server.app.store.find_receipt(pen.organization_id, receipt_id)
    assert record is not None
    await server.app.store.quarantine_receipt(record.receipt, failure="KeyError", now=server.app.clock.now())
    await pass_a_round(page)
    await expect(page.get_by_text("Quarantined.")).to_be_visible(timeout=PATIENCE_MS)
