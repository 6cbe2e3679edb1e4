"""Times and texts in every form that ordinary senders write are taken by every protocol."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from msgspec.structs import replace

from shipledger.ledger.submission import RecordDeployment, Refuse
from shipledger.protocols.jira.translate import READING, interpret
from shipledger.store.contract import ReceiptFilter
from tests.support.jira import deployment
from tests.support.jira_clients import SITE
from tests.support.tenants import Sent, make_tenant
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


@pytest.mark.parametrize("sent, text", [(4711, "4711"), (2.5, "2.5"), (True, "true")])
async def test_numbers_and_booleans_are_read_where_texts_are_meant(server, tenant, client, sent, text):
    created = opsgenie_write(externalId=sent, message=sent)
    assert (await tenant.send(client, created)).status_code == 202
    submitted = await tenant.send(client, jira_write(label=sent, description=sent, displayName=text))
    assert submitted.json()["rejectedDeployments"] == []
    recorded = await tenant.send(client, native_write(version=sent, external_id=sent))
    assert (recorded.json()["version"], recorded.json()["external_id"]) == (text, text)
    reported = await tenant.send(client, iftrue_write(title=sent, commit_id=sent))
    assert reported.json()["title"] == text
    answer = await tenant.send(client, datadog_write(service=sent, env=sent, version=sent))
    assert answer.status_code == 200, answer.text
    told = await tenant.send(client, incident_write(message=sent, details={"build": sent}, tags=[sent]))
    assert told.status_code == 202, told.text
    await server.count_deployments()
    found = await tenant.send(client, Sent("GenieKey", "GET", f"/v2/deployments/{text}?type=api"))
    assert (found.json()["data"]["externalId"], found.json()["data"]["message"]) == (text, text)
    path = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"
    read = (await tenant.send(client, Sent("JiraOAuth", "GET", path))).json()
    assert (read["label"], read["description"]) == (text, text)
    listed = (await tenant.send(client, datadog_list(query=f"service:{text}"))).json()["data"]
    assert [one["attributes"]["version"] for one in listed if one["attributes"]["service"] == text] == [text]


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
