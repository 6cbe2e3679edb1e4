"""Whatever stands in a member of a request, it is refused in the protocol's words, or recorded, or rejected by its verdict.

No value is answered with a fault of the server, none sets a receipt aside, and none costs what was sent beside it. Each member
of each write meets a few values; the long form (``-m torture``) puts every value into every member.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec import Struct

from shipledger.ingestion.rebuild import verify_projections
from shipledger.ledger.receipt import OWN_PROTOCOL, ReceiptState, Settlement
from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.submission import Target
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.store.open import open_store
from tests.support import datadog, iftrue, native, opsgenie
from tests.support.hostile import EVERYWHERE, UNREADABLE, VALUES, Place, choose, list_places, write, write_twice
from tests.support.jira_clients import SITE
from tests.support.project import ROOT
from tests.support.server import Server
from tests.support.tenants import Tenant, make_tenant

pytestmark = pytest.mark.only_postgres

AT_ONCE = 8
BULK_ITEMS = 90
SOME = 43
"""One of so many pairs of member and value is tried; in a protocol each value comes up."""

ALL = pytest.param(1, marks=[pytest.mark.torture, pytest.mark.timeout(3_600)])

GIT = {"commit_sha": "a" * 40, "repository_url": "https://git.example.com/acme/shop.git"}
COMMON = {"env": "prod", "version": "1", "team": "payments", "custom_tags": ["region:eu"], "git": GIT}
SUBMIT: dict[str, Any] = json.loads((ROOT / "tests/contract/jira/submit-all-fields.json").read_text())["request"]["body"]


class Operation(Struct, frozen=True):
    """A write, with a body that has every member."""

    name: str
    method: str
    target: str
    body: dict[str, Any]


def opsgenie_operations(incident_id: str, service_id: str) -> list[Operation]:
    """The writes of deployments, services and incidents."""
    note = {"note": "Somebody looks."}
    service = {"description": "Sells.", "teamId": "t1", "visibility": "TEAM_MEMBERS", "tags": ["web"]}
    change = {"externalLink": "https://a.b/c", "reference": "https://a.b/d", "description": "d", "message": "m"}
    incident = {
        "message": "Checkout answers 500",
        "description": "Since noon.",
        "priority": "P1",
        "tags": ["web"],
        "details": {"region": "eu"},
        "responders": [{"type": "team", "name": "x", "id": "i", "username": "u"}],
        "serviceId": service_id,
        "impactedServices": [service_id],
        **note,
    }
    known = "/v2/deployments/build-77"
    actions = {
        "resolve": note,
        "reopen": note,
        "notes": note,
        "tags": {"tags": ["a"], **note},
        "details": {"details": {"a": "b"}, **note},
        "responders": {"responders": [{"type": "user", "id": "i", "username": "u"}], **note},
        "message": {"message": "m"},
        "description": {"description": "d"},
    }
    created = opsgenie.create_body(
        completedAt="2026-03-04T09:44:00Z", description="d", externalLink="https://a.b/c", reference="r"
    )
    return [
        Operation("create", "POST", "/v2/deployments", created),
        Operation("state", "PATCH", f"{known}/updateState?type=api", {"state": "failed", "completedAt": "2026-03-04T09:44:00Z"}),
        Operation(
            "update",
            "PATCH",
            f"{known}/update?type=api",
            {**change, "externalId": "build-77", "startedAt": "2026-03-04T09:44:00Z"},
        ),
        Operation("service", "POST", "/v1/services", {"name": "Basket", **service}),
        Operation("change of a service", "PATCH", f"/v1/services/{service_id}", {"name": "Checkout", **service}),
        Operation("incident", "POST", "/v1/incidents/create", incident),
        *(Operation(last, "POST", f"/v1/incidents/{incident_id}/{last}", body) for last, body in actions.items()),
        Operation("priority", "PUT", f"/v1/incidents/{incident_id}/priority", {"priority": "P2"}),
    ]


def datadog_operations() -> list[Operation]:
    """The writes and the lists, and what the git upload asks."""
    dora, known = datadog.DORA, "deployment-of-a-client-1"
    times: dict[str, Any] = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "limit": 5, "sort": "-started_at"}
    failed = datadog.failure_body(id="failure-of-a-client-1", name="n", severity="s", finished_at=datadog.STARTED + 9, **COMMON)
    patch = {"change_failure": True, "remediation": {"type": "rollback", "id": "another-deployment-1"}}
    by_version = {"service": "checkout", "env": "prod", "version": "1", **patch}
    asked = {"meta": {"repository_url": GIT["repository_url"]}, "data": [{"id": "a" * 40, "type": "commit"}]}
    return [
        Operation("deployment", "POST", f"{dora}/deployment", datadog.create_body(id=known, **COMMON)),
        Operation("deployment without id", "POST", f"{dora}/deployment", datadog.create_body(**COMMON)),
        Operation("failure", "POST", f"{dora}/failure", failed),
        Operation("patch", "PATCH", f"{dora}/deployments/{known}", datadog.patch_body(known, **patch)),
        Operation("patch by version", "PATCH", f"{dora}/deployments", datadog.patch_body(None, **by_version)),
        Operation("list", "POST", f"{dora}/deployments", datadog.list_body("service:checkout", **times)),
        Operation("list of failures", "POST", f"{dora}/failures", datadog.failures_body("service:checkout", **times)),
        Operation("search of commits", "POST", "/api/v2/git/repository/search_commits", asked),
    ]


def iftrue_operations() -> list[Operation]:
    """The one write."""
    said = {"deployment_duration": 5, "is_fix": True, "is_hotfix": False, "is_forced": False, "commits_count": 3}
    body = iftrue.report(changelog="SHIP-1", url="https://a.b/c", deployment_node_id="node-1", status="success", **said)
    return [Operation("report", "POST", iftrue.TARGET, body)]


def native_operations() -> list[Operation]:
    """The writes that are receipts."""
    times = {"job_started_at": "2026-03-04T09:59:00Z"}
    texts = {"environment_name": "Production", "tier": "production", "description": "d", "job": "deploy"}
    return [
        Operation("record", "POST", native.TARGET, native.deployment(**times, **texts)),
        Operation("incident", "POST", native.INCIDENTS, native.incident()),
    ]


class Sender:
    """Sends bodies as they are, in the name of a tenant."""

    def __init__(self, client: httpx2.AsyncClient, tenant: Tenant) -> None:
        self.client = client
        self.tenant = tenant
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def send(self, scheme: str, method: str, target: str, content: bytes) -> httpx2.Response:
        headers = {**self.tenant.proofs[scheme](method, target), "Content-Type": "application/json"}
        async with self._turn:
            return await self.client.request(method, target, content=content, headers=headers)


def list_bodies(operation: Operation, stride: int) -> Iterator[tuple[str, bytes]]:
    """Bodies that have something odd in one member, each with words for it."""
    for at, name, text in list_texts(operation.body, stride, start=len(operation.name)):
        yield f"{name} in {at} of {operation.name}", text.encode()
    place = next(list_places(operation.body))
    for name, raw in UNREADABLE.items():
        yield f"{name} in {place} of {operation.name}", write(operation.body, place, "0.123").encode().replace(b"0.123", raw)


def list_texts(body: Any, stride: int, *, start: int) -> Iterator[tuple[Place, str, str]]:
    """Places, the names of values, and the JSON of ``body`` with the value at the place."""
    places, names = list(list_places(body)), list(VALUES)
    chosen = dict.fromkeys(choose(len(places), len(names), stride=stride, start=start))
    chosen |= {(place, names.index(EVERYWHERE)): None for place in range(len(places))}
    for place, value in chosen:
        at, name = places[place], names[value]
        yield at, name, write(body, at, VALUES[name])
        if isinstance(at[-1], str) and name == EVERYWHERE:
            yield at, f"{name}, twice,", write_twice(body, at, VALUES[name])


async def check_ledger(server: Server, scratch_file: Path) -> Mapping[str, Settlement]:
    """Everything that was acknowledged is settled, said in words where it was rejected, and shown as it was recorded."""
    store, organization_id = server.app.store, await server.organization_id()
    await server.count_deployments()
    settled: dict[str, Settlement] = {}
    before = ""
    while page := await store.list_receipts(organization_id, ReceiptFilter(before_id=before, limit=1_000)):
        sent = [record for record in page if record.receipt.protocol != OWN_PROTOCOL]  # the ledger notes names of repositories
        settled |= {record.receipt.receipt_id: record.settlement for record in sent}
        before = page[-1].receipt.receipt_id
    assert {one.state for one in settled.values()} == {ReceiptState.SETTLED}, [
        one.failure for one in settled.values() if one.failure
    ]
    verdicts = [verdict for one in settled.values() for verdict in one.verdicts]
    assert all(verdict.sentence for verdict in verdicts if verdict.kind is VerdictKind.REJECTED)
    for deployment_id in {verdict.deployment_id for verdict in verdicts if verdict.deployment_id}:
        assert await store.find_deployment(organization_id, Target(key=deployment_id)), deployment_id
    damage: list[Any] = []
    scratch = await open_store(f"sqlite:///{scratch_file}")
    try:
        await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    finally:
        await scratch.close()
    assert damage == []
    return settled


async def check_answers(
    sender: Sender, scheme: str, operations: Sequence[Operation], stride: int
) -> list[tuple[Operation, httpx2.Response]]:
    """The answers to odd bodies, none of which is a fault of the server."""
    cases = [(operation, *case) for operation in operations for case in list_bodies(operation, stride)]
    sent = (sender.send(scheme, operation.method, operation.target, content) for operation, _, content in cases)
    answers = await asyncio.gather(*sent)
    for (_, name, _), answer in zip(cases, answers, strict=True):
        assert answer.status_code < 500, f"{name}: {answer.status_code} {answer.text[:300]}"
        assert json.loads(answer.content), name
    return [(operation, answer) for (operation, _, _), answer in zip(cases, answers, strict=True)]


@pytest.fixture
def scratch_file(tmp_path: Path, database_template: Path) -> Path:
    """An empty ledger that is compared with."""
    return Path(shutil.copy(database_template, tmp_path / "scratch.db"))


@pytest.fixture
async def sender(place: Server):
    async with place.client(timeout=120) as client:
        yield Sender(client, await make_tenant(place, place.home, app_key=f"com.example.{place.home}"))


@pytest.mark.parametrize("stride", [SOME, ALL])
async def test_no_value_in_a_deployment_of_a_bulk_costs_another_one(place, sender, stride, scratch_file):
    (model,) = SUBMIT["deployments"]
    odd = [
        (f"{name} in {at}", text)
        for number, (at, name, text) in enumerate(list_texts({**model, "deploymentSequenceNumber": "NUMBER"}, stride, start=0))
        for text in (text.replace('"NUMBER"', str(100_000 + number)),)
    ]
    calls = [odd[first : first + BULK_ITEMS] for first in range(0, len(odd), BULK_ITEMS)]
    expected: dict[str, int] = {}
    for number, call in enumerate(calls):
        good = [json.dumps({**model, "deploymentSequenceNumber": 2 * number + last}) for last in (0, 1)]
        deployments = [good[0], *(text for _, text in call), good[1]]
        content = f'{{"deployments": [{", ".join(deployments)}]}}'.encode()
        answer = await sender.send("JiraOAuth", "POST", f"{SITE}/bulk", content)
        assert answer.status_code == 202, answer.text[:500]
        told = answer.json()
        assert len(told["acceptedDeployments"]) + len(told["rejectedDeployments"]) == len(deployments)
        assert all(one["errors"] for one in told["rejectedDeployments"])
        assert {2 * number, 2 * number + 1} <= {key["deploymentSequenceNumber"] for key in told["acceptedDeployments"]}
        expected[answer.headers["X-Request-Id"]] = len(told["acceptedDeployments"])
    settled = await check_ledger(place, scratch_file)
    for receipt_id, accepted in expected.items():
        verdicts = settled[receipt_id].verdicts
        assert verdicts[0].kind is verdicts[-1].kind is VerdictKind.APPLIED
        assert sum(verdict.kind is not VerdictKind.REJECTED for verdict in verdicts) == accepted


@pytest.mark.parametrize("stride", [SOME, ALL])
async def test_no_value_beside_the_deployments_of_a_bulk_costs_them(place, sender, stride, scratch_file):
    shared = {name: value for name, value in {**SUBMIT, "operationType": "NORMAL"}.items() if name != "deployments"}
    body = {**shared, "deployments": SUBMIT["deployments"]}
    beside = Operation("submit", "POST", f"{SITE}/bulk", shared)
    full = json.dumps(body["deployments"])
    for name, content in list_bodies(beside, stride):
        answer = await sender.send("JiraOAuth", "POST", beside.target, content[:-1] + f', "deployments": {full}}}'.encode())
        assert answer.status_code in {202, 400}, f"{name}: {answer.status_code} {answer.text[:300]}"
    await check_ledger(place, scratch_file)


@pytest.mark.parametrize("stride", [SOME, ALL])
async def test_no_value_in_a_write_of_opsgenie_is_lost(place, sender, stride, scratch_file):
    client = sender.client
    client.headers.update(sender.tenant.proofs["GenieKey"]("", ""))
    service_id = await opsgenie.created_service(client, "Payments")
    await opsgenie.created(client)
    incident_id = await opsgenie.created_incident(client, service_id)
    answers = await check_answers(sender, "GenieKey", opsgenie_operations(incident_id, service_id), stride)
    settled = await check_ledger(place, scratch_file)
    accepted = {answer.json()["requestId"] for _, answer in answers if answer.status_code == 202}
    assert accepted
    assert accepted <= settled.keys()
    assert (await client.get("/v1/incidents?limit=100")).status_code == 200
    assert (await client.get("/v1/services?limit=100")).status_code == 200
    assert (await client.get(f"/v2/deployments/search?serviceIds={service_id}&limit=100")).status_code == 200


@pytest.mark.parametrize("stride", [SOME, ALL])
async def test_no_value_in_a_write_of_datadog_is_lost(place, sender, stride, scratch_file):
    operations = datadog_operations()
    for operation in operations[:3]:
        sound = await sender.send("Datadog", operation.method, operation.target, json.dumps(operation.body).encode())
        assert sound.status_code == 200, sound.text
    answers = await check_answers(sender, "Datadog", operations, stride)
    settled = await check_ledger(place, scratch_file)
    accepted = [answer for operation, answer in answers if operation in operations[:5] and answer.is_success]
    verdicts = [verdict for one in settled.values() for verdict in one.verdicts]
    assert sum(verdict.reason is not Reason.REFUSED_ON_ARRIVAL for verdict in verdicts) == 3 + len(accepted)
    for path, body in (
        ("deployments", datadog.list_body("*", limit=1_000)),
        ("failures", datadog.failures_body("*", limit=1_000)),
    ):
        shown = await sender.send("Datadog", "POST", f"{datadog.DORA}/{path}", json.dumps(body).encode())
        assert shown.status_code == 200, shown.text[:300]
        assert shown.json()["data"]


@pytest.mark.parametrize("stride", [SOME, ALL])
@pytest.mark.parametrize("scheme, operations", [("Iftrue", iftrue_operations()), ("Ledger", native_operations())])
async def test_no_value_in_a_report_that_is_answered_with_its_record_is_lost(
    place, sender, scheme, operations, stride, scratch_file
):
    answers = await check_answers(sender, scheme, operations, stride)
    recorded = [answer for _, answer in answers if answer.is_success]
    assert recorded
    assert len(await check_ledger(place, scratch_file)) == len(recorded)
