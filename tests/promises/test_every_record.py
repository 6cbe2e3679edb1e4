"""Every page, and every answer of every protocol, can be made of every record that the schema allows.

Pages are found by following their links, operations in the table of routes: what is added later is looked at without a word here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from msgspec import Struct

from shipledger.ledger.receipt import ReceiptState
from tests.support.any_ledger import AnyLedger, ledgers
from tests.support.attack import Names, list_operations, list_requests
from tests.support.datadog import DORA, failures_body, list_body
from tests.support.directions import Turned
from tests.support.ledger_writing import Written, write_ledger
from tests.support.lent_databases import lent_ledger_database
from tests.support.pen import Pen
from tests.support.schema_values import texts
from tests.support.server import Server, files_of, serving
from tests.support.site import Site
from tests.support.tenants import Sent, Tenant, make_tenant, requests_of

EXAMPLES = max(3, settings.default.max_examples // 8)
"""One is a whole ledger, and a hundred requests or two."""

NAME = "acme"
START = (
    "/",
    "/packs",
    "/projects",
    "/settings",
    "/projects/SHIP",
    "/projects/ACME",
    "/issues/SHIP-1",
    "/gates/GATE-1",
    "/issues?jql=project=SHIP",
    "/deployments?range=30d&text=a",
    "/search?q=a1",
    "/search?q=acme",
    "/nowhere",
)
MOST_PAGES = 50
READS = {one.route.endpoint: one for one in list_operations() if one.route.method == "GET"}.values()
"""Each once: what answers under one address answers under others."""

SORTS = ("started_at", "-finished_at", "service", "-env", "version")
UNLIMITED = {
    "token_key": "k" * 32,
    "datadog_reads_per_minute": 0,
    "datadog_writes_per_minute": 0,
    "datadog_extended_attributes": True,
    "update_wait_seconds": 0,
}


class Scene(Struct):
    """A server, and the loop in which it lives."""

    runner: asyncio.Runner
    server: Server
    is_embedded: bool
    examples: int = 0


@pytest.fixture(params=["sqlite", "postgres"])
def scene(request: pytest.FixtureRequest, tmp_path: Path, database: Path) -> Iterator[Scene]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            place = database if request.param == "sqlite" else runner.run(stack.enter_async_context(lent_ledger_database()))
            server = runner.run(stack.enter_async_context(serving(place, **files_of(place, tmp_path) | UNLIMITED)))
            yield Scene(runner, server, is_embedded=request.param == "sqlite")
        finally:
            runner.run(stack.aclose())


@pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
def test_every_page_and_every_answer_is_made_of_every_record(scene: Scene):
    @settings(max_examples=EXAMPLES if scene.is_embedded else max(2, EXAMPLES // 2))
    @given(ledgers(), texts())
    def is_shown(ledger: AnyLedger, note: str) -> None:
        scene.examples += 1
        scene.runner.run(check(scene.server.at(f"example-{scene.examples}"), ledger, note))

    is_shown()


async def check(server: Server, ledger: AnyLedger, note: str) -> None:
    """Write a ledger, and what each protocol's clients send with ``note`` in every text; then look at everything."""
    written = await write_ledger(server, ledger)
    assert [one.failure for one in written.settlements if one.state is not ReceiptState.SETTLED] == []
    tenant = await make_tenant(server, server.home, app_key=f"com.example.{server.home}")
    async with server.client(timeout=60) as client:
        for sent in requests_of(NAME, note):
            answer = await tenant.send(client, sent)
            assert answer.status_code < 500, f"{sent}: {answer.text}"
        await server.count_deployments()
        await ask_protocols(client, tenant, written)
    await look_at_pages(server, written)


async def ask_protocols(client: httpx2.AsyncClient, tenant: Tenant, written: Written) -> None:
    """Every operation that reads, with everything that names a record."""
    identifiers = (
        *written.deployment_ids,
        *written.incident_ids,
        *(one.receipt_id for one in written.settlements[:2]),
        *(one.service_id for one in written.services[:1]),
        *(f"{NAME}-{rest}" for rest in ("77", "deployment-1", "failure-1234")),
    )
    key = f"{NAME}-pipeline/environments/{NAME}-environment/deployments/41"
    names = Names(written.organization_id, identifiers, (key, f"{key}/gating-status"))
    requests = [sent for operation in READS for sent in list_requests(operation, names, tenant.organization_id)]
    for sort in SORTS:
        requests.append(Sent("Datadog", "POST", f"{DORA}/deployments", list_body("*", sort=sort, limit=50)))
        requests.append(Sent("Datadog", "POST", f"{DORA}/failures", failures_body("*", sort=sort, limit=50)))
    for sent in requests:
        answer = await tenant.send(client, sent)
        assert answer.status_code < 500, f"{sent}: {answer.text}"


async def look_at_pages(server: Server, written: Written) -> None:
    """The pages of the records, and whatever they link to."""
    store, clock = server.app.store, server.app.clock
    site = Site(store, Pen(store, written.organization_id, ""), clock, clock.now())
    waiting = deque(
        [
            *(f"/deployments/{one}" for one in written.deployment_ids),
            *(f"/incidents/{one}" for one in written.incident_ids),
            *(f"/requests/{one.receipt_id}" for one in written.settlements),
            *START,
        ]
    )
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        answer = await site.get(path)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = Turned(answer.text)
        assert page.found == [], path
        waiting.extend(link for link in page.links() if link.startswith("/"))
        for live in (found["hx-get"] for _, found in page.elements if "hx-get" in found):
            polled = await site.get(live, headers={"HX-Request": "true"})
            assert polled.status_code == 204, f"{live} on {path}: {polled.text}"
