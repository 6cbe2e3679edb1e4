from __future__ import annotations

import pytest

from shipledger.incidents.growth import CHARACTERS_LIMIT
from shipledger.protocols.opsgenie.incident_bodies import NOTE_LIMIT
from tests.support.opsgenie import changed_incident, created_incident, get_incident


@pytest.mark.both_stores
async def test_an_incident_is_resolved_closed_and_reopened(client, service):
    incident_id = await created_incident(client, service)
    data = await changed_incident(client, "POST", f"{incident_id}/resolve", json={"note": "Rolled back"})
    assert (data["action"], data["status"], data["incidentId"]) == ("Resolve", "Resolved incident", incident_id)
    resolved = await get_incident(client, incident_id)
    assert resolved["status"] == "resolved"
    assert resolved["impactEndDate"] >= resolved["impactStartDate"]
    data = await changed_incident(client, "POST", f"{incident_id}/close", json={})
    assert (data["action"], data["status"]) == ("Close", "Closed incident")
    closed = await get_incident(client, incident_id)
    assert (closed["status"], closed["impactEndDate"]) == ("closed", resolved["impactEndDate"])
    data = await changed_incident(client, "POST", f"{incident_id}/reopen")
    assert (data["action"], data["status"]) == ("Reopen", "Reopened incident")
    opened = await get_incident(client, incident_id)
    assert opened["status"] == "open"
    assert "impactEndDate" not in opened
    await changed_incident(client, "POST", f"{incident_id}/close")
    again = await get_incident(client, incident_id)
    assert again["impactEndDate"] > resolved["impactEndDate"]
    notes = (await client.get(f"/v1/incidents/{incident_id}/notes")).json()["data"]
    assert [note["note"] for note in notes] == ["Rolled back"]


async def test_resolving_a_closed_incident_leaves_it_closed(client, service):
    incident_id = await created_incident(client, service)
    await changed_incident(client, "POST", f"{incident_id}/close")
    assert (await changed_incident(client, "POST", f"{incident_id}/resolve"))["isSuccess"]
    assert (await get_incident(client, incident_id))["status"] == "closed"


async def test_tags_are_added_and_taken_away(client, service):
    incident_id = await created_incident(client, service, tags=["a"])
    data = await changed_incident(client, "POST", f"{incident_id}/tags", json={"tags": ["b", "c", "a"], "note": "n"})
    assert (data["action"], data["status"]) == ("AddTags", "Added tags")
    assert (await get_incident(client, incident_id))["tags"] == ["a", "b", "c"]
    data = await changed_incident(client, "DELETE", f"{incident_id}/tags", params={"tags": "a,c", "note": "done"})
    assert (data["action"], data["status"]) == ("RemoveTags", "Removed tags")
    assert (await get_incident(client, incident_id))["tags"] == ["b"]
    notes = (await client.get(f"/v1/incidents/{incident_id}/notes", params={"order": "asc"})).json()["data"]
    assert [note["note"] for note in notes] == ["n", "done"]


@pytest.mark.both_stores
async def test_details_are_set_and_taken_away(client, service):
    incident_id = await created_incident(client, service, details={"region": "eu", "zone": "1"})
    data = await changed_incident(client, "POST", f"{incident_id}/details", json={"details": {"region": "us", "host": ""}})
    assert data["status"] == "Added details"
    assert (await get_incident(client, incident_id))["extraProperties"] == {"region": "us", "zone": "1", "host": ""}
    data = await changed_incident(client, "DELETE", f"{incident_id}/details?keys=zone&keys=host")
    assert data["status"] == "Removed details"
    assert (await get_incident(client, incident_id))["extraProperties"] == {"region": "us"}


async def test_message_description_and_priority_are_changed(client, service):
    incident_id = await created_incident(client, service, description="d")
    writes = [
        ("POST", "message", {"message": "New"}, "Updated message"),
        ("POST", "description", {"description": ""}, "Updated description"),
        ("PUT", "priority", {"priority": "P5"}, "Updated priority"),
    ]
    for method, last, body, status in writes:
        assert (await changed_incident(client, method, f"{incident_id}/{last}", json=body))["status"] == status
    incident = await get_incident(client, incident_id)
    assert (incident["message"], incident["description"], incident["priority"]) == ("New", "", "P5")


async def test_responders_are_added_as_the_page_and_as_the_go_client_name_them(client, service):
    incident_id = await created_incident(client, service)
    core, ada = {"type": "team", "id": "1"}, {"type": "user", "username": "ada"}
    await changed_incident(client, "POST", f"{incident_id}/responders", json={"responders": [core]})
    data = await changed_incident(client, "POST", f"{incident_id}/responders", json={"responder": [ada, core], "note": "n"})
    assert data["status"] == "Added responders"
    responders = (await get_incident(client, incident_id))["responders"]
    assert responders == [core, {**ada, "id": responders[1]["id"]}]


@pytest.mark.both_stores
async def test_notes_are_listed_newest_first_in_pages(client, service):
    incident_id = await created_incident(client, service, note="0")
    for text in "123":
        data = await changed_incident(client, "POST", f"{incident_id}/notes", json={"note": text})
        assert (data["action"], data["status"]) == ("AddNote", "Added note")
    answer = await client.get(f"/v1/incidents/{incident_id}/notes", params={"limit": 3})
    body = answer.json()
    assert [note["note"] for note in body["data"]] == ["3", "2", "1"]
    assert set(body["data"][0]) == {"note", "owner", "createdAt", "offset"}
    assert body["paging"]["next"].split("&")[2] == "offset=3"
    rest = (await client.get(body["paging"]["next"])).json()
    assert [note["note"] for note in rest["data"]] == ["0"]
    assert "next" not in rest["paging"]


async def test_a_note_that_is_sent_again_is_told_once(client, service):
    incident_id = await created_incident(client, service)
    for _ in range(2):
        assert (await changed_incident(client, "POST", f"{incident_id}/notes", json={"note": "Looking"}))["isSuccess"]
        assert (await changed_incident(client, "POST", f"{incident_id}/resolve", json={"note": "Over"}))["isSuccess"]
    notes = (await client.get(f"/v1/incidents/{incident_id}/notes")).json()["data"]
    assert [note["note"] for note in notes] == ["Over", "Looking"]


async def test_a_deleted_incident_is_gone_and_later_changes_fail(client, service):
    incident_id = await created_incident(client, service)
    data = await changed_incident(client, "DELETE", incident_id)
    assert (data["action"], data["status"], data["isSuccess"]) == ("Delete", "Deleted incident", True)
    assert (await client.get(f"/v1/incidents/{incident_id}")).status_code == 404
    for method, path in (("DELETE", incident_id), ("POST", f"{incident_id}/close"), ("POST", "999999/reopen")):
        data = await changed_incident(client, method, path)
        assert (data["isSuccess"], data["status"], data["incidentId"]) == (False, "Incident does not exist", "")


async def test_every_write_finds_an_incident_by_its_tiny_id(client, service):
    incident_id = await created_incident(client, service)
    tiny = (await get_incident(client, incident_id))["tinyId"]
    data = await changed_incident(client, "POST", f"{tiny}/close?identifierType=tiny", json={"note": "n"})
    assert data["incidentId"] == incident_id
    notes = await client.get(f"/v1/incidents/{tiny}/notes", params={"identifierType": "tiny"})
    assert [note["note"] for note in notes.json()["data"]] == ["n"]


async def test_every_path_works_with_a_trailing_slash(client, service):
    incident_id = await created_incident(client, service)
    assert (await changed_incident(client, "POST", f"{incident_id}/close/"))["isSuccess"]
    assert (await client.get("/v1/incidents/")).status_code == 200


WRONG_WRITES = [
    ("POST", "notes", {}, {"note": "should be provided"}),
    ("POST", "notes", {"note": "n" * 25001}, {"note": "should have at most 25000 characters"}),
    ("POST", "close", {"note": [1]}, {"note": "should be a string"}),
    ("POST", "tags", {}, {"tags": "should be provided"}),
    ("POST", "tags", {"tags": []}, {"tags": "should have at least one item"}),
    ("POST", "details", {"details": {"a": None}}, {"details.a": "should be a string"}),
    ("POST", "details", {}, {"details": "should be provided"}),
    ("POST", "responders", {}, {"responders": "should be provided"}),
    ("POST", "message", {"message": ""}, {"message": "should be provided"}),
    ("POST", "description", {}, {"description": "should be provided"}),
    ("PUT", "priority", {"priority": 1}, {"priority": "should be a string"}),
    ("PUT", "priority", {}, {"priority": "should be provided"}),
]


@pytest.mark.parametrize("method, last, body, errors", WRONG_WRITES)
async def test_a_wrong_write_is_refused_at_once(client, method, last, body, errors):
    answer = await client.request(method, f"/v1/incidents/x/{last}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == errors


WRONG_PARAMETERS = [
    ("GET", "x?identifierType=alias", "identifierType"),
    ("POST", "x/close?identifierType=word", "identifierType"),
    ("POST", "x%00/close", "identifier"),
    ("DELETE", "x/tags", "tags"),
    ("DELETE", "x/tags?tags=%20,", "tags"),
    ("DELETE", "x/details?keys=", "keys"),
    ("DELETE", f"x/tags?tags=a&note={'n' * 25001}", "note"),
    ("GET", "x/notes?limit=0", "limit"),
    ("GET", "x/notes?order=up", "order"),
]


@pytest.mark.parametrize("method, path, name", WRONG_PARAMETERS)
async def test_wrong_parameters_are_named(client, method, path, name):
    answer = await client.request(method, f"/v1/incidents/{path}")
    assert answer.status_code == 422
    assert answer.json()["message"] == "Request parameters are not processable. Please check the errors."
    assert set(answer.json()["errors"]) == {name}


async def test_what_is_not_built_is_not_found_and_wrong_methods_say_which_are_right(client):
    for method, path in (("GET", "x/timeline"), ("POST", "x/snooze"), ("GET", "x/y/z")):
        assert (await client.request(method, f"/v1/incidents/{path}")).status_code == 404
    for path, allowed in (("x/tags", "DELETE, POST"), ("x/notes", "GET, HEAD, POST"), ("", "GET, HEAD"), ("create", "POST")):
        answer = await client.patch(f"/v1/incidents/{path}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


async def test_an_incident_that_is_full_says_so_in_the_status_of_the_request(client, service):
    incident_id = await created_incident(client, service)
    text = "x" * NOTE_LIMIT
    for _ in range(CHARACTERS_LIMIT // NOTE_LIMIT):
        assert (await changed_incident(client, "POST", f"{incident_id}/notes", json={"note": text}))["isSuccess"]
    data = await changed_incident(client, "POST", f"{incident_id}/notes", json={"note": text})
    assert not data["isSuccess"]
    assert data["status"].startswith(f"An incident may hold at most {CHARACTERS_LIMIT} characters")
    assert (await changed_incident(client, "POST", f"{incident_id}/close"))["isSuccess"]


async def test_a_change_advances_the_time_when_an_incident_was_updated(client, service):
    incident_id = await created_incident(client, service, tags=["a"])
    seen = [await get_incident(client, incident_id)]
    for tags in (["b"], ["c"]):
        await changed_incident(client, "POST", f"{incident_id}/tags", json={"tags": tags})
        seen.append(await get_incident(client, incident_id))
    assert len({one["createdAt"] for one in seen}) == 1
    first, second, third = (one["updatedAt"] for one in seen)
    assert seen[0]["createdAt"] <= first < second < third
