"""What is recorded is never answered as an error: from the commit on, nothing that fails reaches the sender.

Every call of the store fails, or never ends, from the moment at which the receipt is durable, or settled.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shipledger.errors import Unavailable
from shipledger.ingestion import recorder, retry
from shipledger.ledger.receipt import OWN_PROTOCOL, ReceiptState
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.protocols.datadog import deployments, failures
from shipledger.protocols.iftrue import routes as iftrue_routes
from shipledger.protocols.jira import routes as jira_routes
from shipledger.protocols.native import recording as native_recording
from tests.routes.jira.test_jenkins import TARGET as JENKINS
from tests.routes.jira.test_jenkins import connect, event, wrap
from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.cutting_proxy import cutting_proxy
from tests.support.jira_clients import SITE
from tests.support.lent_databases import lent_ledger_database
from tests.support.postgres import shared_server
from tests.support.server import Server, files_of, serving
from tests.support.tenants import Sent, Tenant, make_tenant

WAIT_SECONDS = 0.1
ANSWERED_WITHIN_SECONDS = 8.0
COMMIT, SETTLEMENT = "append_receipts", "settle"

WRITES: dict[str, Sent] = {
    "an Opsgenie create": Sent("GenieKey", "POST", "/v2/deployments", opsgenie.create_body(externalId="once")),
    "an Opsgenie incident": Sent("GenieKey", "POST", "/v1/incidents/create", {"message": "Down", "serviceId": "shop"}),
    "an iftrue report": Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report()),
    "a deployment of our own API": Sent("Ledger", "POST", native.TARGET, native.deployment(service="new")),
    "an incident of our own API": Sent("Ledger", "POST", native.INCIDENTS, native.incident(services=["new"])),
    "a Jira bulk": Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": [jira.deployment()]}),
    "a Datadog deployment": Sent("Datadog", "POST", f"{datadog.DORA}/deployment", datadog.create_body(service="new")),
    "a Datadog failure": Sent("Datadog", "POST", f"{datadog.DORA}/failure", datadog.failure_body(services=["new"])),
    "a Jenkins event": Sent("Jenkins", "POST", JENKINS),
}
AWAITED = {
    "an iftrue report",
    "a deployment of our own API",
    "an incident of our own API",
    "a Datadog deployment",
    "a Datadog failure",
    "a Jenkins event",
}
"""Writes that are answered when they are settled, or when that takes too long."""


async def hang() -> None:
    """Never end, until the store is mended."""


async def be_cancelled() -> None:
    raise asyncio.CancelledError


async def be_away() -> None:
    raise Unavailable("database_unavailable", "The database is away.")


async def be_wrong() -> None:
    raise RuntimeError("a fault of ours")


FAULTS: dict[str, Callable[[], Awaitable[None]]] = {
    "away": be_away,
    "hung": hang,
    "a fault of ours": be_wrong,
    "cancelled": be_cancelled,
}


class FailingStore:
    """Lets every call that a request makes of the store fail, once a call of somebody's has succeeded, until it is mended.

    Nothing is settled meanwhile when it fails from the commit on: then the store is asked for the verdict.
    """

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fault = hang
        self._moment = ""
        self._write = 0
        self._mended = asyncio.Event()
        self._mended.set()
        store = server.app.store
        for name in dir(store):
            method = getattr(store, name)
            if not name.startswith("_") and name != "close" and inspect.iscoroutinefunction(method):
                monkeypatch.setattr(store, name, self._failing(name, method))

    def fail_after(self, moment: str, fault: Callable[[], Awaitable[None]]) -> None:
        """Fail from the next success of a call on."""
        self._moment = moment
        self._fault = fault
        self._write += 1

    def mend(self) -> None:
        """Succeed again; what hangs fails now."""
        self._moment = ""
        self._mended.set()

    def _failing(self, name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **named: Any) -> Any:
            if not self._mended.is_set() and is_request():
                await self._fail()
            if name == "settle" and self._moment == COMMIT:
                await self._mended.wait()
            write = self._write
            given = await method(*arguments, **named)
            if write == self._write and name == self._moment and not is_of_the_ledger(*arguments):
                self._mended.clear()
            return given

        return call

    async def _fail(self) -> None:
        if self._fault is hang:
            await self._mended.wait()
            raise Unavailable("database_unavailable", "The database did not answer.")
        await self._fault()


def is_of_the_ledger(written: Any, *_: Any) -> bool:
    """Whether a receipt of the ledger itself is written, which names a repository before its first report is recorded."""
    first = written[0] if isinstance(written, list) else written.receipts[0].receipt
    return first.protocol == OWN_PROTOCOL


def is_request() -> bool:
    """Whether a request asks, and no task in the background, which all have names."""
    task = asyncio.current_task()
    return task is not None and task.get_name().startswith(("Task-", "answer"))


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    for module in (deployments, failures, iftrue_routes, native_recording):
        monkeypatch.setattr(module, "SETTLEMENT_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(jira_routes, "SETTLED_WITHIN_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(recorder, "ANSWER_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(retry, "LONGEST_SECONDS", 0.1)


@asynccontextmanager
async def scene(url: str, folder: Path) -> AsyncIterator[tuple[Server, Tenant, httpx2.AsyncClient]]:
    async with serving(url, **{**files_of(url, folder), "token_key": "k" * 32}) as server, server.client() as client:
        tenant = await make_tenant(server, "default", app_key="com.example.app")
        await connect(server)
        yield server, tenant, client


async def send(tenant: Tenant, client: httpx2.AsyncClient, name: str) -> httpx2.Response:
    async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
        if name == "a Jenkins event":
            return await client.post(JENKINS, content=wrap(event(deployments=[jira.deployment(deploymentSequenceNumber=42)])))
        return await tenant.send(client, WRITES[name])


async def check(server: Server, tenant: Tenant, answers: dict[str, httpx2.Response]) -> None:
    """Every write is settled, and its sender heard that it would be."""
    refused = {name: (answer.status_code, answer.text) for name, answer in answers.items() if answer.status_code > 202}
    assert not refused
    await server.count_deployments()
    receipts = await server.app.store.list_receipts(tenant.organization_id, ReceiptFilter())
    sent = [one.settlement.state for one in receipts if one.receipt.protocol != OWN_PROTOCOL]
    assert sent == [ReceiptState.SETTLED] * len(answers)


@pytest.mark.parametrize("moment", [COMMIT, SETTLEMENT])
async def test_a_write_is_accepted_whatever_fails_after_it_is_durable(database, tmp_path, monkeypatch, moment):
    async with scene(f"sqlite:///{database}", tmp_path) as (server, tenant, client):
        failing = FailingStore(server, monkeypatch)
        answers = {}
        for name in WRITES:
            for fault in FAULTS if name in AWAITED else ["away"]:
                failing.fail_after(moment, FAULTS[fault])
                try:
                    answers[f"{name}, {fault}"] = await send(tenant, client, name)
                finally:
                    failing.mend()
                await server.count_deployments()
        await check(server, tenant, answers)


async def test_a_write_is_accepted_while_postgresql_is_away_from_the_commit_on(tmp_path, monkeypatch):
    async with cutting_proxy(shared_server().port) as proxy, lent_ledger_database() as url:
        behind = url.replace(f":{shared_server().port}/", f":{proxy.port}/")
        async with scene(behind, tmp_path) as (server, tenant, client):
            append = server.app.store.append_receipts

            async def append_and_leave(*arguments: Any, **named: Any) -> None:
                await append(*arguments, **named)
                if not is_of_the_ledger(*arguments):
                    proxy.go_away()

            monkeypatch.setattr(server.app.store, "append_receipts", append_and_leave)
            answers = {}
            for name in WRITES:
                answers[name] = await send(tenant, client, name)
                assert proxy.is_away
                proxy.is_away = False
            monkeypatch.setattr(server.app.store, "append_receipts", append)
            await check(server, tenant, answers)
