"""Every operation on incidents of Opsgenie's own Python client, run in an environment that has it. Prints what each gave.

Arguments: the base URL and the id of a service. The key is in OPSGENIE_API_KEY.
"""

from __future__ import annotations

import json
import os
import sys
import time

import opsgenie_sdk
from opsgenie_sdk.api.incident.close_incident_payload import CloseIncidentPayload
from opsgenie_sdk.api.incident.create_incident_payload import CreateIncidentPayload

PATIENCE_SECONDS = 60
NOT_PROCESSED_YET = 404


def main() -> None:
    """Create, look, change, list and delete."""
    host, service_id = sys.argv[1:]
    configuration = opsgenie_sdk.configuration.Configuration()
    configuration.host = host
    configuration.api_key["Authorization"] = os.environ["OPSGENIE_API_KEY"]
    configuration.retry_enabled = False
    api = opsgenie_sdk.IncidentApi(api_client=opsgenie_sdk.api_client.ApiClient(configuration=configuration))

    def settle(answer: object) -> dict[str, object]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                status = api.get_incident_request_status(request_id=answer.request_id).data
            except opsgenie_sdk.exceptions.ApiException as error:
                if error.status != NOT_PROCESSED_YET or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return {"status": status.status, "ok": status.is_success, "id": status.incident_id}

    def look(incident_id: str) -> dict[str, object]:
        found = api.get_incident(identifier=incident_id).data
        members = {"message": found.message, "status": found.status, "priority": found.priority, "tags": found.tags}
        return {**members, "responders": [[one.type, bool(one.id)] for one in found.responders]}

    payload = CreateIncidentPayload(
        message="Checkout answers 500",
        description="Since 10:02",
        priority="P1",
        tags=["checkout"],
        details={"region": "eu"},
        responders=[{"type": "team", "name": "Core"}, {"type": "user", "username": "ada@example.com"}],
        service_id=service_id,
        note="Looking",
    )
    created = settle(api.create_incident(create_incident_payload=payload))
    incident_id = str(created["id"])
    printed: dict[str, object] = {"create": created["status"], "get": look(incident_id)}
    tiny_id = api.get_incident(identifier=incident_id).data.tiny_id
    printed["get by tiny id"] = api.get_incident(identifier=tiny_id, identifier_type="tiny").data.id == incident_id
    listed = api.list_incidents(query="status:open", limit=10, sort="createdAt", order="desc")
    printed["list"] = [incident.id for incident in listed.data] == [incident_id]
    called = api.get_incident(identifier=incident_id).data.responders
    printed["listed responders"] = [one.id for one in listed.data[0].responders] == [one.id for one in called]
    close = CloseIncidentPayload(note="Over")
    printed["close"] = settle(api.close_incident(identifier=incident_id, close_incident_payload=close))["status"]
    printed["get closed"] = look(incident_id)["status"]
    printed["delete"] = settle(api.delete_incident(identifier=incident_id))["status"]
    printed["nothing left"] = api.list_incidents(query="status:closed").data
    printed["delete again"] = settle(api.delete_incident(identifier=incident_id))["ok"]
    print(json.dumps(printed))


main()
