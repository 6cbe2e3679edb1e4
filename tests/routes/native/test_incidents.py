"""``POST`` and ``GET /ledger/v1/incidents``, and one incident."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools

import pytest

from shipledger.ledger.receipt_listing import ReceiptFilter
from tests.support import datadog
from tests.support.native import INCIDENTS, SHA, client_of, incident, issue_token

RECORD = {
    "external_id": "inc-1",
    "title": "Checkout is down",
    "description": "Every payment fails.",
    "services": ["checkout"],
    "team": "payments",
    "severity": "SEV-1",
    "environment": "production",
    "environment_name": "production",
    "tier": "production",
    "status": "open",
    "started_at": "2026-03-04T10:10:00.000Z",
    "resolved_at": None,
    "version": "2.4.1",
    "releases": [{"repository": "github.com/acme/shop", "commit": SHA}],
    "tags": ["customer"],
    "source": "native",
}
OVER = "2026-03-04T10:40:00Z"


async def post(client, **changes):
    answer = await client.post(INCIDENTS, json=incident(**changes))
    assert answer.is_success, answer.text
    return answer


async def listed(client, query=""):
    answer = await client.get(f"{INCIDENTS}?{query}")
    assert answer.status_code == 200, answer.text
    return "".join(one["external_id"] for one in answer.json()["incidents"])


@pytest.mark.both_stores
async def test_an_incident_is_answered_with_its_record_and_its_verdict_and_read_the_same(native):
    response = await post(native)
    answer = response.json()
    assert response.status_code == 201
    assert {name: answer[name] for name in RECORD} == RECORD
    assert (answer["verdict"]["kind"], answer["number"]) == ("applied", 1)
    assert response.headers["Location"] == f"{INCIDENTS}/{answer['id']}"
    read = (await native.get(response.headers["Location"])).json()
    assert read == {name: value for name, value in answer.items() if name not in {"request_id", "verdict"}}
    told = (await native.get(f"/ledger/v1/requests/{answer['request_id']}")).json()
    assert [(one["incident_id"], one["deployment_id"]) for one in told["verdicts"]] == [(answer["id"], None)]


async def test_the_same_report_again_is_a_duplicate_and_a_later_one_ends_it(native):
    first, again = await post(native), await post(native)
    assert (again.status_code, again.json()["verdict"]["kind"], again.json()["id"]) == (200, "duplicate", first.json()["id"])
    ending = (await native.post(INCIDENTS, json={"external_id": "inc-1", "resolved_at": OVER})).json()
    assert (ending["id"], ending["status"]) == (first.json()["id"], "closed")
    assert (ending["resolved_at"], ending["title"]) == ("2026-03-04T10:40:00.000Z", "Checkout is down")
    again = (await native.post(INCIDENTS, json={"external_id": "inc-1", "status": "open"})).json()
    assert (again["status"], again["resolved_at"]) == ("open", None)


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
async def test_reports_of_one_incident_in_a_list_end_in_the_same_record_in_every_order(native, order):
    reports = [incident(), {"external_id": "inc-1", "resolved_at": OVER}, {"external_id": "inc-1", "severity": "SEV-1"}]
    answer = (await native.post(INCIDENTS, json=[reports[place] for place in order])).json()["incidents"]
    assert len({one["id"] for one in answer}) == 1
    assert {(one["status"], one["started_at"]) for one in answer} == {("closed", "2026-03-04T10:10:00.000Z")}


@pytest.mark.parametrize("name", ["resolved_at", "restored_at", "ended_at"])
async def test_the_end_has_several_names(native, name):
    assert (await post(native, **{name: OVER})).json()["resolved_at"] == "2026-03-04T10:40:00.000Z"


async def test_that_service_is_back_counts_before_the_incident_is_resolved(native):
    both = (await post(native, restored_at=OVER, resolved_at="2026-03-04T12:00:00Z")).json()
    assert both["resolved_at"] == "2026-03-04T10:40:00.000Z"


async def test_without_an_id_what_was_hit_and_when_tells_a_repeat(native):
    first, again = [(await post(native, external_id=None)).json() for _ in range(2)]
    other = (await post(native, external_id=None, services=["payments"])).json()
    assert first["id"] == again["id"] != other["id"]
    assert first["external_id"] == first["id"]


async def test_one_that_has_no_start_began_when_it_was_heard_of(native):
    answer = (await post(native, started_at=None)).json()
    told = (await native.get(f"/ledger/v1/requests/{answer['request_id']}")).json()
    assert answer["started_at"] == told["accepted_at"]


@pytest.mark.both_stores
async def test_requests_with_one_key_at_once_are_one_incident_with_equal_answers(native, place):
    bare = {"title": "Down"}
    headers = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(*(native.post(INCIDENTS, json=bare, headers=headers) for _ in range(8)))
    assert len({answer.text for answer in answers}) == 1
    assert (await native.post(INCIDENTS, json={"title": "Up"}, headers=headers)).status_code == 422
    await place.count_deployments()
    assert len((await native.get(INCIDENTS)).json()["incidents"]) == 1


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, ["title"]),
        ({"severity": "SEV-1"}, ["title"]),
        (incident(started_at="soon"), ["started_at"]),
        (incident(resolved_at="2026-03-04T10:00:00Z"), ["resolved_at"]),
        (incident(restored_at="2026-03-04T10:00:00Z"), ["restored_at"]),
        (incident(status="open", ended_at=OVER), ["ended_at"]),
        (incident(status="burning"), ["status"]),
        (incident(services=["a", 1.5, ["b"]]), ["services[2]"]),
        ([incident(), {"title": "x" * 1_001}], ["[1].title"]),
        ("x", ["body"]),
    ],
)
async def test_every_wrong_member_is_named_and_nothing_is_recorded(native, body, errors):
    refused = await native.post(INCIDENTS, json=body)
    assert (refused.status_code, [*refused.json()["errors"]]) == (422, errors)
    assert await listed(native) == ""


async def test_the_credentials_in_a_clone_url_are_not_kept(native, server):
    await post(native, releases=[{"repository": "https://ci:hunter2@github.com/acme/shop.git", "commit": SHA}])
    (record,) = await server.app.store.list_receipts(await server.organization_id(), ReceiptFilter())
    assert "hunter2" not in record.receipt.body


@pytest.fixture(scope="module")
async def outages(shared_server):
    """A client of an organization that has four incidents."""
    async with client_of(shared_server, await issue_token(shared_server, organization="outages")) as client:
        several = [
            incident(external_id="a", started_at="2026-03-04T10:00:00Z", resolved_at=OVER),
            incident(external_id="b", started_at="2026-03-04T10:01:00Z", services=["Payments", "till"], severity="SEV-2"),
            incident(external_id="c", started_at="2026-03-04T10:02:00Z", environment="staging", team="web"),
            incident(external_id="d", started_at="2026-03-04T10:03:00Z", environment=None, services=None),
        ]
        assert (await client.post(INCIDENTS, json=several)).status_code == 201
        yield client


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", "dcba"),
        ("status=open", "dcb"),
        ("status=closed", "a"),
        ("service=payments", "b"),
        ("service=checkout&tier=production", "a"),
        ("environment=staging", "c"),
        ("team=Payments", "dba"),
        ("severity=sev-2", "b"),
        ("source=datadog", ""),
        ("from=2026-03-04T10:01:00Z&to=2026-03-04T10:03:00Z", "cb"),
    ],
)
async def test_filters_leave_what_is_asked_for_newest_first(outages, query, expected):
    assert await listed(outages, query) == expected
    cursor, walked = "", ""
    while cursor is not None:
        page = (await outages.get(f"{INCIDENTS}?{query}&limit=1&cursor={cursor}")).json()
        walked += "".join(one["external_id"] for one in page["incidents"])
        cursor = page["next_cursor"]
    assert walked == expected


async def test_a_wrong_parameter_is_named_and_a_csv_has_a_column_for_each_member(outages):
    refused = await outages.get(f"{INCIDENTS}?state=open&status=burning")
    assert (refused.status_code, sorted(refused.json()["errors"])) == (422, ["state", "status"])
    text = (await outages.get(INCIDENTS, headers={"Accept": "text/csv"})).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [*rows[0]] == [*(await outages.get(INCIDENTS)).json()["incidents"][0]]
    assert [row["services"] for row in rows] == ["", "checkout", "Payments till", "checkout"]


@pytest.mark.both_stores
async def test_incidents_of_every_protocol_are_listed_and_those_of_others_are_not_there(native, place):
    async with place.client(headers=await datadog.issue_keys(place)) as client:
        await client.post(f"{datadog.DORA}/failure", json=datadog.failure_body(name="Failing", finished_at=None))
    (listed_one,) = (await native.get(INCIDENTS)).json()["incidents"]
    assert (listed_one["title"], listed_one["source"]) == ("Failing", "datadog")
    async with client_of(place, await issue_token(place, organization="incident-rival")) as rival:
        for path in (f"{INCIDENTS}/{listed_one['id']}", f"{INCIDENTS}/nothing", f"{INCIDENTS}/%00"):
            assert (await rival.get(path)).status_code == 404
        assert (await rival.get(INCIDENTS)).json()["incidents"] == []
