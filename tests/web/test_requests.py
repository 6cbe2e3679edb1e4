"""``/requests`` and ``/requests/{id}``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.erasure.eraser import Eraser
from shipledger.ledger.state import State
from shipledger.ledger.verdict import Verdict, VerdictKind
from tests.erasure.conftest import Ticking
from tests.support.sample import write_week
from tests.support.site import Html, Site

UNKNOWN = "01900000-0000-7000-8000-00000000dead"


@pytest.mark.parametrize("state,count", [("", 5), ("pending", 1), ("settled", 3), ("quarantined", 1), ("nonsense", 5)])
async def test_the_list_is_narrowed_by_state(site: Site, state: str, count: int) -> None:
    await site.pen.record(at=site.now)
    await site.pen.change(UNKNOWN, State.FAILED, at=site.clock.now())
    await site.pen.quarantine(at=site.clock.now(), failure="KeyError")
    await site.pen.leave_pending(at=site.clock.now())
    page = await site.page(f"/requests?state={state}")
    assert len(page.all("tr")) - 1 == count


async def test_the_list_is_newest_first_and_pages(site: Site) -> None:
    for number in range(55):
        await site.pen.leave_pending(at=site.now + timedelta(seconds=number))
    first = await site.page("/requests?state=pending")
    second = await site.page(first.all("a", id="page-older")[0]["href"])
    ids = [found["id"] for page in (first, second) for found in page.all("a") if found.get("id", "").startswith("request-")]
    assert len(ids) == 55
    assert ids == sorted(ids, reverse=True)
    assert second.all("a", id="page-newest")[0]["href"] == "/requests?state=pending"


@pytest.mark.parametrize("before", ["%00", "zzz", "%ED%A0%80"])
async def test_a_hostile_position_never_breaks_the_list(site: Site, before: str) -> None:
    await site.pen.leave_pending(at=site.now)
    assert (await site.get(f"/requests?before={before}")).status_code == 200


async def test_an_applied_request_leads_to_its_deployment(site: Site) -> None:
    receipt_id, verdict = await site.pen.record(at=site.now)
    page = await site.page(f"/requests/{receipt_id}")
    assert "Applied" in page.text
    assert "bitbucket-ci" in page.text
    assert f"/deployments/{verdict.deployment_id}" in page.links()


async def test_a_request_says_that_its_deployment_was_erased_and_links_to_nothing(site: Site) -> None:
    receipt_id, verdict = await site.pen.record(at=site.now)
    pages = ("/requests", f"/requests/{receipt_id}")
    assert all([f"/deployments/{verdict.deployment_id}" in (await site.page(page)).links() for page in pages])
    eraser = Eraser(site.pen.store, Ticking(), grace_seconds=0)
    await eraser.erase_credential(site.pen.organization_id, site.pen.credential_id)
    for page in pages:
        shown = await site.page(page)
        assert "was erased" in shown.text
        assert not [link for link in shown.links() if link.startswith("/deployments/")]


async def test_a_rejected_request_says_why_and_what_to_do(site: Site) -> None:
    receipt_id, _ = await site.pen.change(UNKNOWN, State.FAILED, at=site.now)
    text = (await site.page(f"/requests/{receipt_id}")).text
    assert "No deployment of this organization has this identifier." in text
    assert "Check the identifier and its type" in text
    assert UNKNOWN in text


async def test_an_unknown_workspace_comes_with_the_command_that_connects_it(site: Site) -> None:
    ids = await write_week(site.pen, site.now)
    text = (await site.page(f"/requests/{ids['refused']}")).text
    assert "shipledger service map-repository SERVICE bitbucket.org/outside/REPOSITORY" in text


async def test_each_item_of_a_bulk_has_its_own_verdict(site: Site) -> None:
    receipt = site.pen.receipt("bulk", at=site.now)
    kinds = (VerdictKind.APPLIED, VerdictKind.REJECTED, VerdictKind.DUPLICATE)
    await site.pen.settle_raw(receipt, *(Verdict(kind=kind, sentence="" if kind == "applied" else "Because.") for kind in kinds))
    assert "1 applied, 1 duplicate, 1 rejected" in (await site.page("/requests")).text
    text = (await site.page(f"/requests/{receipt.receipt_id}")).text
    assert "What happened to each item" in text
    assert text.count("Because.") == 2


async def test_a_waiting_request_says_so_and_follows_its_settlement(site: Site) -> None:
    receipt_id = await site.pen.leave_pending(at=site.now)
    page = await site.page(f"/requests/{receipt_id}")
    assert "Pending." in page.text
    again = page.all("div", id="live")[0]["hx-get"]
    assert (await site.poll(again)).status_code == 204
    record = await site.store.find_receipt(site.pen.organization_id, receipt_id)
    assert record is not None
    await site.store.quarantine_receipt(record.receipt, failure="KeyError", now=site.clock.now())
    assert "Quarantined." in (await site.poll(again)).text


async def test_a_quarantined_request_comes_with_the_command_that_replays_it(site: Site) -> None:
    receipt_id = await site.pen.quarantine(at=site.now, failure="KeyError: 'state'")
    text = (await site.page(f"/requests/{receipt_id}")).text
    assert f"shipledger receipts replay {receipt_id}" in text
    assert "KeyError: 'state'" in text


async def test_a_settled_request_no_longer_asks_again(site: Site) -> None:
    receipt_id, _ = await site.pen.record(at=site.now)
    assert "hx-get" not in (await site.page(f"/requests/{receipt_id}")).all("div", id="live")[0]


@pytest.mark.parametrize(
    "body,shown",
    [
        ('{"a":1.0,"b":[12345678901234567890123]}', '{ "a": 1.0, "b": [ 12345678901234567890123 ] }'),
        ("[" * 5000 + "]" * 5000, "[" * 50),
        ('{"broken', '{"broken'),
        ("[\ud83d]".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "["),
        ('["' + "x" * 150_000 + '"]', "more characters"),
    ],
)
async def test_the_body_is_shown_as_it_arrived_and_laid_out_when_it_is_json(site: Site, body: str, shown: str) -> None:
    receipt = site.pen.receipt("create", at=site.now, body=body)
    await site.pen.settle_raw(receipt)
    text = Html((await site.get(f"/requests/{receipt.receipt_id}")).text).text
    assert shown.replace(" ", "") in text.replace(" ", "") or shown in text


@pytest.mark.parametrize("name", [UNKNOWN, "nonsense", "%00"])
async def test_an_unknown_request_is_a_friendly_404(site: Site, name: str) -> None:
    answer = await site.get(f"/requests/{name}")
    assert answer.status_code == 404
    assert "Of refused ones only the newest are kept" in answer.text
