"""Times and texts in every form that ordinary senders write are taken by every protocol."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx2
import pytest
from msgspec.structs import replace

from shipledger.ledger.receipt_listing import ReceiptFilter
from shipledger.ledger.submission import RecordDeployment, Refuse
from shipledger.protocols.jira.translate import READING, interpret
from tests.support.jira import deployment
from tests.support.jira_clients import SITE
from tests.support.shipping import API
from tests.support.tenants import Sent, Tenant, make_tenant
from tests.support.writes import (
    datadog_list,
    datadog_write,
    iftrue_write,
    incident_write,
    jira_write,
    native_write,
    opsgenie_write,
)

NINE = "2026-11-01T09:00:00.000Z"
FORMS = {
    "Java's OffsetDateTime": "2026-11-01T10:00+01:00",
    "Java's ZonedDateTime": "2026-11-01T10:00:00+01:00[Europe/Berlin]",
    "Java's Instant": "2026-11-01T09:00:00.000000001Z",
    "Java's pattern X": "2026-11-01T10:00:00+01",
    "Java's pattern Z": "2026-11-01T10:00:00.000+0100",
    "Go's RFC3339Nano": "2026-11-01T10:00:00.000000009+01:00",
    "Python's isoformat": "2026-11-01T09:00:00.000000+00:00",
    "Python's isoformat without a zone": "2026-11-01T09:00:00",
    "Python's str": "2026-11-01 10:00:00+01:00",
    "JavaScript's toISOString": NINE,
    "Ruby's iso8601": "2026-11-01T09:00:00-00:00",
    "git's %ci": "2026-11-01 10:00:00 +0100",
    ".NET's round trip": "2026-11-01T10:00:00.0000000+01:00",
    "date -Ins": "2026-11-01T10:00:00,000000000+01:00",
    "date -Iminutes": "2026-11-01T10:00+01:00",
    "date -Ihours": "2026-11-01T10+01:00",
    "basic": "20261101T100000+0100",
    "basic with Z": "20261101T090000Z",
    "small letters": "2026-11-01t09:00:00z",
    "more digits than anybody counts": "2026-11-01T09:00:00.0000000000000000001Z",
    "blanks around it": " 2026-11-01T09:00:00Z\n",
}
NO_TIMES = (
    "0000-11-01T09:00:00Z",
    "2026-13-01T09:00:00Z",
    "2026-11-01T10:00:00+25:00",
    "2026-11-01T24:00:01Z",
    "2026-11-01",
    "2026-11-01T10:00:00[Europe/Berlin]",
)

ONCE_REFUSED = (
    {"lastUpdated": "2026-11-01T10:00:00+01"},
    {"lastUpdated": "2026-11-01T24:00:00Z"},
    {"label": 4711},
    {"associations": [{"associationType": "issueIdOrKeys", "values": ["SHIP-1 "]}]},
)


@pytest.fixture
async def tenant(server):
    return await make_tenant(server, "default", app_key="com.example.app")


@pytest.fixture
async def client(server):
    async with server.client() as opened:
        yield opened


async def test_every_form_of_a_time_is_the_same_time_in_opsgenie(server, tenant, client):
    for name, text in FORMS.items():
        answer = await tenant.send(client, opsgenie_write(startedAt=text, externalId=name))
        assert answer.status_code == 202, (name, answer.text)
    await server.count_deployments()
    for name in FORMS:
        found = await tenant.send(client, Sent("GenieKey", "GET", f"/v2/deployments/{quote(name, safe='')}?type=api"))
        assert found.json()["data"]["startedAt"] == NINE, name


async def test_every_form_of_a_time_is_the_same_time_in_jira(server, tenant, client):
    items = [deployment(deploymentSequenceNumber=number, lastUpdated=text) for number, text in enumerate(FORMS.values())]
    answer = await tenant.send(client, Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": items}))
    assert answer.json()["rejectedDeployments"] == []
    await server.count_deployments()
    for number, name in enumerate(FORMS):
        path = f"{SITE}/pipelines/storefront/environments/prod/deployments/{number}"
        assert (await tenant.send(client, Sent("JiraOAuth", "GET", path))).json()["lastUpdated"] == NINE, name


async def test_every_form_of_a_time_is_the_same_time_in_our_own_api(tenant, client):
    for name, text in FORMS.items():
        answer = await tenant.send(client, native_write(started_at=text, finished_at=text, external_id=name))
        assert answer.status_code == 201, (name, answer.text)
        assert answer.json()["started_at"] == NINE, name


async def test_every_form_of_a_time_is_read_in_queries(tenant, client):
    for name, text in FORMS.items():
        asked = datadog_list(**{"from": text})
        assert (await tenant.send(client, asked)).status_code == 200, name
        for path in (
            f"/v2/deployments/search?serviceIds=a&startTime={quote(text)}",
            f"/v1/incidents?query={quote(f'createdAt > {text}' if ' ' not in text else 'priority:P1')}",
        ):
            answer = await tenant.send(client, Sent("GenieKey", "GET", path))
            assert answer.status_code == 200, (name, path, answer.text)


@pytest.mark.parametrize("text", NO_TIMES)
async def test_what_is_no_time_is_named_in_the_words_of_each_protocol(tenant, client, text):
    opsgenie = await tenant.send(client, opsgenie_write(startedAt=text))
    assert (opsgenie.status_code, list(opsgenie.json()["errors"])) == (422, ["startedAt"])
    jira = (await tenant.send(client, jira_write(lastUpdated=text))).json()
    assert jira["rejectedDeployments"][0]["errors"] == [{"message": "'lastUpdated' must be an ISO 8601 date-time"}]
    native = await tenant.send(client, native_write(started_at=text))
    assert (native.status_code, list(native.json()["errors"])) == (422, ["started_at"])
    datadog = await tenant.send(client, datadog_list(**{"from": text}))
    assert (datadog.status_code, datadog.json()["errors"][0]["source"]["pointer"]) == (400, "/data/attributes/from")


WRITTEN = (
    "4711",
    "2.5",
    "true",
    "2.10",
    "1.0",
    "1e3",
    "1E+3",
    "-0",
    "-0.0",
    "0.10000000000000000000000001",
    "12345678901234567890",
)
"""Numbers and booleans as senders write them in JSON. What stands in quotes in a test's body is replaced by one."""


async def send_written(tenant: Tenant, client: httpx2.AsyncClient, sent: Sent, written: str) -> httpx2.Response:
    content = json.dumps(sent.body).replace('"#"', written)
    assert written in content
    headers = {**tenant.proofs[sent.scheme](sent.method, sent.target), "Content-Type": "application/json"}
    answer = await client.request(sent.method, sent.target, content=content, headers=headers)
    assert answer.is_success, (written, answer.text)
    return answer


async def test_numbers_and_booleans_are_read_as_they_were_written_where_texts_are_meant(server, tenant, client):
    for number, text in enumerate(WRITTEN, start=41):
        await send_written(tenant, client, opsgenie_write(externalId="#", message="#"), text)
        jira = jira_write(
            label="#", description="#", displayName="#", pipeline={**API, "id": "#"}, deploymentSequenceNumber=number
        )
        assert (await send_written(tenant, client, jira, text)).json()["rejectedDeployments"] == [], text
        recorded = (await send_written(tenant, client, native_write(version="#", external_id="#"), text)).json()
        assert (recorded["version"], recorded["external_id"]) == (text, text)
        reported = await send_written(tenant, client, iftrue_write(title="#", commit_id="#"), text)
        assert reported.json()["title"] == text
        await send_written(tenant, client, datadog_write(service="#", env="#", version="#"), text)
        await send_written(tenant, client, incident_write(message="#", details={"build": "#"}, tags=["#"]), text)
    await server.count_deployments()
    for number, text in enumerate(WRITTEN, start=41):
        found = await tenant.send(client, Sent("GenieKey", "GET", f"/v2/deployments/{quote(text)}?type=api"))
        assert (found.json()["data"]["externalId"], found.json()["data"]["message"]) == (text, text)
        path = f"{SITE}/pipelines/{quote(text)}/environments/prod/deployments/{number}"
        read = (await tenant.send(client, Sent("JiraOAuth", "GET", path))).json()
        assert [read[name] for name in ("label", "description", "displayName")] == [text] * 3
        listed = (await tenant.send(client, datadog_list(query=f'service:"{text}"'))).json()["data"]
        assert text in [one["attributes"]["version"] for one in listed]


async def test_numbers_are_numbers_however_they_are_written(tenant, client):
    for written in ("90.0", "9e1", "90.00", "9.0E+1", "90"):
        jira = jira_write(duration="#", deploymentSequenceNumber="#", updateSequenceNumber="#")
        assert (await send_written(tenant, client, jira, written)).json()["rejectedDeployments"] == [], written
        await send_written(tenant, client, iftrue_write(deployment_duration="#", pull_request_number="#"), written)


async def test_blanks_around_an_issue_key_do_not_count(server, tenant, client):
    associated = [{"associationType": "issueIdOrKeys", "values": [" SHIP-2", "ship-1 "]}]
    submitted = await tenant.send(
        client, jira_write(issueKeys=["SHIP-1 ", "\tSHIP-1", "\N{NO-BREAK SPACE}SHIP-3"], associations=associated)
    )
    assert submitted.json()["unknownAssociations"] == submitted.json()["unknownIssueKeys"] == []
    await server.count_deployments()
    path = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"
    read = (await tenant.send(client, Sent("JiraOAuth", "GET", path))).json()
    assert read["issueKeys"] == ["SHIP-1", "SHIP-3"]
    assert (await client.get("/issues/SHIP-2")).status_code == 200


async def test_what_was_refused_before_stays_refused_when_its_receipt_is_read_again(server, tenant, client):
    """A receipt that does not say how it was read is one of an earlier version."""
    items = [jira_write(**changes).body["deployments"][0] for changes in ONCE_REFUSED]
    await tenant.send(client, Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": items}))
    await server.count_deployments()
    (record,) = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
    receipt = record.receipt
    assert all(isinstance(one, RecordDeployment) for one in interpret(receipt))
    old = replace(receipt, parameters={name: value for name, value in receipt.parameters.items() if name != READING})
    assert all(isinstance(one, Refuse) for one in interpret(old))
