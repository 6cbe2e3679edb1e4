"""What clients read about one incident besides the incident, and what there is none of."""

from __future__ import annotations

import pytest

from shipledger.access.grant import Scope
from tests.support.opsgenie import changed_incident, created_incident, get_incident


async def test_the_log_tells_every_change_newest_first_in_pages(client, service):
    incident_id = await created_incident(client, service, note="First")
    await changed_incident(client, "POST", f"{incident_id}/tags", json={"tags": ["a", "b"]})
    await changed_incident(client, "PUT", f"{incident_id}/priority", json={"priority": "P1"})
    await changed_incident(client, "POST", f"{incident_id}/resolve", json={"note": "Over"})
    answer = await client.get(f"/v1/incidents/{incident_id}/logs", params={"limit": 4})
    body = answer.json()
    newest = ["Added note [Over]", "Incident resolved", "Changed priority to [P1]", "Added tags [a, b]"]
    assert [line["log"] for line in body["data"]] == newest
    assert list(body["data"][0]) == ["log", "type", "owner", "createdAt", "offset"]
    assert list(body) == ["data", "paging", "took", "requestId"]
    assert answer.headers["X-Paging-Next"] == body["paging"]["next"]
    assert body["paging"]["next"].split("&")[2] == "offset=4"
    rest = (await client.get(body["paging"]["next"])).json()
    assert [line["log"] for line in rest["data"]] == ["Added note [First]", "Incident created"]
    assert "next" not in rest["paging"]


async def test_the_records_before_an_offset_are_read_by_their_direction(client, service):
    incident_id = await created_incident(client, service, note="0")
    for text in "123":
        await changed_incident(client, "POST", f"{incident_id}/notes", json={"note": text})

    async def listed(**parameters):
        answer = await client.get(f"/v1/incidents/{incident_id}/notes", params={"order": "asc", **parameters})
        return [note["note"] for note in answer.json()["data"]]

    assert await listed(offset=2, limit=2, direction="next") == ["2", "3"]
    assert await listed(offset=2, limit=2, direction="prev") == ["0", "1"]
    assert await listed(offset=3, limit=2, direction="prev") == ["1", "2"]
    assert await listed(offset=1, limit=5, direction="prev") == ["0"]
    assert await listed(offset=0, limit=2, direction="prev") == []


async def test_parameters_that_begin_twice_are_read(client, service):
    """As the npm client sends them for a list of one incident."""
    incident_id = await created_incident(client, service, note="First")
    tiny = (await get_incident(client, incident_id))["tinyId"]
    answer = await client.get(f"/v1/incidents/{tiny}/logs?identifierType=tiny?limit=1&order=asc")
    assert [line["log"] for line in answer.json()["data"]] == ["Incident created"]


@pytest.mark.parametrize("last", ["responder-alert-ids", "associated-alert-ids"])
async def test_an_incident_has_no_alerts(client, service, last):
    incident_id = await created_incident(client, service)
    tiny = (await get_incident(client, incident_id))["tinyId"]
    for path in (f"{incident_id}/{last}?limit=25&offset=1&order=desc&direction=next", f"{tiny}/{last}?identifierType=tiny"):
        answer = await client.get(f"/v1/incidents/{path}")
        assert (answer.status_code, answer.json()["data"]) == (200, [])
        assert list(answer.json()) == ["data", "took", "requestId"]


@pytest.mark.parametrize("last", ["logs", "responder-alert-ids", "associated-alert-ids"])
async def test_records_of_an_unknown_incident_are_not_found_and_wrong_parameters_are_named(client, last):
    answer = await client.get(f"/v1/incidents/x/{last}")
    assert (answer.status_code, answer.json()["message"]) == (404, "Incident does not exist")
    for name, value in (("limit", "0"), ("offset", "-1"), ("order", "up"), ("direction", "back"), ("identifierType", "alias")):
        answer = await client.get(f"/v1/incidents/x/{last}", params={name: value})
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {name})


async def test_a_service_has_no_rules_and_templates(client, service):
    for last in ("incident-rules", "incident-templates"):
        assert (await client.get(f"/v1/services/{service}/{last}")).json()["data"] == []
    audience = (await client.get(f"/v1/services/{service}/audience-templates")).json()["data"]
    assert audience["responder"] == {"teams": [], "individuals": []}
    assert audience["stakeholder"] == {"individuals": [], "conditionMatchType": "match-any-condition", "conditions": []}
    templates = (await client.get("/v1/incident-templates/", params={"limit": 5})).json()
    assert templates["data"] == {"incidentTemplates": []}
    assert templates["paging"]["first"].endswith("/v1/incident-templates?limit=5&order=asc&offset=0")
    for last in ("incident-rules", "incident-templates", "audience-templates"):
        answer = await client.get(f"/v1/services/x/{last}")
        assert (answer.status_code, answer.json()["message"]) == (404, "Service does not exist")


REFUSED = [
    ("POST", "/v1/services/{service}/incident-rules", "has no alerts"),
    ("POST", "/v1/services/{service}/incident-templates", "keeps no incident templates"),
    ("PATCH", "/v1/services/{service}/audience-templates", "notifies nobody"),
    ("POST", "/v1/incident-templates/", "keeps no incident templates"),
]


@pytest.mark.parametrize("method, path, reason", REFUSED)
async def test_what_would_have_no_effect_is_refused_with_the_reason(ledger, client, service, method, path, reason):
    path = path.format(service=service)
    answer = await client.request(method, path, json={"incidentProperties": {"message": "m"}})
    assert (answer.status_code, answer.json()["code"]) == (403, 40302)
    assert reason in answer.json()["message"]
    async with ledger.client(await ledger.issue(Scope.READ)) as reader:
        assert (await reader.request(method, path)).json()["code"] == 40301


async def test_a_rule_that_nobody_made_is_not_found(client, service):
    for method in ("PUT", "DELETE"):
        assert (await client.request(method, f"/v1/services/{service}/incident-rules/r1", json={})).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_fact_is_changed_by_either_method(client, service, method):
    incident_id = await created_incident(client, service)
    changes = {"message": "New", "description": "Newer", "priority": "P2"}
    for name, value in changes.items():
        assert (await changed_incident(client, method, f"{incident_id}/{name}", json={name: value}))["isSuccess"]
    incident = await get_incident(client, incident_id)
    assert {name: incident[name] for name in changes} == changes


async def test_another_organization_reads_no_log(ledger, client, service):
    incident_id = await created_incident(client, service)
    async with ledger.client(await ledger.issue(organization="rival")) as rival:
        for last in ("logs", "responder-alert-ids", "associated-alert-ids"):
            assert (await rival.get(f"/v1/incidents/{incident_id}/{last}")).status_code == 404
        for last in ("incident-rules", "audience-templates"):
            assert (await rival.get(f"/v1/services/{service}/{last}")).status_code == 404
