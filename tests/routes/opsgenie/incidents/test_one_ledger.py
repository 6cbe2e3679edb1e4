"""Incidents are one ledger: every protocol reads, lists and changes them, and the pages show them."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from tests.support.datadog import client_of, issue_keys
from tests.support.opsgenie import changed_incident, created_incident, created_service, get_incident


async def report_failure(ledger, **attributes):
    said = {"started_at": 1_767_225_600, "services": ["Payments"], "name": "Slow", "severity": "High", **attributes}
    async with client_of(ledger, await issue_keys(ledger)) as datadog:
        answer = await datadog.post("/api/v2/dora/failure", json={"data": {"attributes": said}})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["id"]


async def list_failures(ledger, query):
    body = {"data": {"type": "dora_failures_list_request", "attributes": {"query": query, "from": "2020-01-01T00:00:00Z"}}}
    async with client_of(ledger, await issue_keys(ledger)) as datadog:
        answer = await datadog.post("/api/v2/dora/failures", json=body)
        assert answer.status_code == 200, answer.text
        return [one["attributes"] for one in answer.json()["data"]]


async def test_an_incident_is_in_the_list_of_failures(ledger, client):
    service = await created_service(client, "Listed elsewhere")
    incident_id = await created_incident(client, service, message="Down", priority="P2", tags=["region:eu", "old"])
    await changed_incident(client, "DELETE", f"{incident_id}/tags?tags=old")
    (failure,) = await list_failures(ledger, 'service:"Listed elsewhere" region:eu')
    assert (failure["name"], failure["severity"], failure["custom_tags"]) == ("Down", "P2", ["region:eu"])
    assert failure["services"] == ["Listed elsewhere"]
    assert "finished_at" not in failure
    await changed_incident(client, "POST", f"{incident_id}/resolve")
    (failure,) = await list_failures(ledger, 'service:"Listed elsewhere"')
    assert failure["finished_at"] > failure["started_at"]
    assert await list_failures(ledger, 'service:"Listed elsewhere" old:*') == []


async def test_a_failure_is_an_incident_with_the_id_of_its_service(ledger, client):
    await report_failure(ledger, id="failure-of-payments-1", custom_tags=["team:core"])
    (found,) = (await client.get("/v1/incidents", params={"query": "message:Slow"})).json()["data"]
    (payments,) = [one for one in (await client.get("/v1/services")).json()["data"] if one["name"] == "Payments"]
    assert found["impactedServices"] == [payments["id"]]
    assert (found["priority"], found["status"], found["createdAt"]) == ("P2", "open", "2026-01-01T00:00:00.000Z")
    by_service = await client.get("/v1/incidents", params={"query": f"impactedServices:{payments['id']} AND priority=P2"})
    assert [one["id"] for one in by_service.json()["data"]] == [found["id"]]
    assert int(found["tinyId"]) > 0
    await changed_incident(client, "POST", f"{found['id']}/tags", json={"tags": ["seen:yes"]})
    (failure,) = await list_failures(ledger, "seen:yes")
    assert failure["custom_tags"] == ["team:core", "seen:yes"]
    await report_failure(ledger, id="failure-of-payments-1", finished_at=1_767_229_200)
    over = await get_incident(client, found["id"])
    assert (over["status"], over["impactEndDate"]) == ("closed", "2026-01-01T01:00:00.000Z")
    await changed_incident(client, "POST", f"{found['id']}/reopen")
    assert (await get_incident(client, found["id"]))["status"] == "open"


async def test_the_pages_show_an_incident_with_its_history_and_verdicts(ledger, client):
    service = await created_service(client, "Shown")
    responder = {"type": "team", "name": "Core team"}
    incident_id = await created_incident(
        client, service, message="Shown on pages", priority="P1", description="Since ten", details={"zone": "z-17"}, note="First"
    )
    await changed_incident(client, "POST", f"{incident_id}/tags", json={"tags": ["shown-tag"], "note": "<b>Looking</b>"})
    await changed_incident(client, "POST", f"{incident_id}/responders", json={"responders": [responder]})
    await changed_incident(client, "PUT", f"{incident_id}/priority", json={"priority": "P4"})
    await changed_incident(client, "PUT", f"{incident_id}/priority", json={"priority": "P4"})
    await changed_incident(client, "POST", f"{incident_id}/resolve", json={})
    text = (await client.get(f"/incidents/{incident_id}")).text
    shown = ("Shown on pages", "Since ten", "P4", "z-17", "First", "&lt;b&gt;Looking&lt;/b&gt;", "team Core team", "shown-tag")
    history = ("Reported", "Added tag shown-tag", "Added responder team Core team", "Changed severity to P4", "Resolved")
    verdicts = ("Applied", "Duplicate", "add incident tags", "resolve incident", "Everything in this report was already known.")
    for words in (*shown, *history, *verdicts, 'href="/services/shown"'):
        assert words in text, words
    listed = (await client.get("/incidents")).text
    assert all(words in listed for words in ("Shown on pages", "shown-tag", "P4", "Resolved"))


async def test_a_renamed_service_is_shown_by_its_new_name(client):
    service = await created_service(client, "Old name")
    incident_id = await created_incident(client, service)
    await client.patch(f"/v1/services/{service}", json={"name": "New name"})
    assert "New name" in (await client.get(f"/incidents/{incident_id}")).text
    assert (await get_incident(client, incident_id))["impactedServices"] == [service]
    await client.delete(f"/v1/services/{service}")
    assert "Old name" in (await client.get(f"/incidents/{incident_id}")).text


async def test_another_organization_sees_and_changes_nothing(ledger, client, service):
    incident_id = await created_incident(client, service)
    tiny = (await get_incident(client, incident_id))["tinyId"]
    async with ledger.client(await ledger.issue(organization="rival")) as rival:
        assert (await rival.get(f"/v1/incidents/{incident_id}")).status_code == 404
        assert (await rival.get(f"/v1/incidents/{tiny}?identifierType=tiny")).status_code == 404
        assert (await rival.get("/v1/incidents")).json()["totalCount"] == 0
        for method, path in (
            ("POST", f"{incident_id}/close"),
            ("DELETE", incident_id),
            ("POST", f"{tiny}/close?identifierType=tiny"),
        ):
            assert (await changed_incident(rival, method, path))["status"] == "Incident does not exist"
        answer = await rival.post("/v1/incidents/create", json={"message": "m", "serviceId": service})
        assert (await rival.get(f"/v1/incidents/requests/{answer.json()['requestId']}")).status_code in {200, 404}
        assert (await client.get(f"/v1/incidents/requests/{answer.json()['requestId']}")).status_code == 404
        own = await created_incident(rival, await created_service(rival, "Theirs"))
        assert (await get_incident(rival, own))["tinyId"] == "1"
    assert (await get_incident(client, incident_id))["status"] == "open"


RIGHTS = [
    (Scope.READ, "GET", "/v1/incidents"),
    (Scope.READ, "GET", "/v1/incidents/x"),
    (Scope.READ, "GET", "/v1/incidents/x/notes"),
    (Scope.READ, "GET", "/v1/incidents/requests/x"),
    (Scope.WRITE, "POST", "/v1/incidents/create"),
    (Scope.WRITE, "POST", "/v1/incidents/x/close"),
    (Scope.WRITE, "PUT", "/v1/incidents/x/priority"),
    (Scope.WRITE, "DELETE", "/v1/incidents/x/tags?tags=a"),
    (Scope.DELETE, "DELETE", "/v1/incidents/x"),
]


@pytest.mark.parametrize("right, method, path", RIGHTS)
async def test_every_call_needs_its_right_and_no_other(ledger, right, method, path):
    async with ledger.client(await ledger.issue(right)) as one:
        assert (await one.request(method, path)).status_code != 403
    async with ledger.client(await ledger.issue(*(set(Scope) - {right}))) as others:
        answer = await others.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, 40301)
        assert f"'{right}'" in answer.json()["message"]
    async with ledger.client() as anonymous:
        assert (await anonymous.request(method, path)).status_code == 401
