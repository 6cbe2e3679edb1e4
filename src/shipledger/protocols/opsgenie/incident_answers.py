"""From incidents to the answers of the Incident API. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from shipledger.incidents.model import Incident
from shipledger.incidents.notes import IncidentNote
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.verdict import VerdictKind
from shipledger.protocols.opsgenie.incident_responders import responders_of
from shipledger.protocols.opsgenie.incident_wire import IncidentOut, IncidentStatusOut, NoteOut
from shipledger.protocols.opsgenie.incident_words import (
    INCIDENT_ACTIONS,
    STATUSES,
    incident_status_of,
    priority_of,
)
from shipledger.protocols.opsgenie.wire import LinksOut
from shipledger.protocols.times import format_time


def to_incident(incident: Incident, service_ids: Sequence[str], base_url: str) -> IncidentOut:
    """An incident of any protocol; ``service_ids`` are its impacted services."""
    facts = incident.facts
    started_at = format_time(incident.started_at)
    path = f"/incidents/{incident.incident_id}"
    return IncidentOut(
        id=incident.incident_id,
        description=_text(facts.description),
        impacted_services=list(service_ids),
        tiny_id=str(incident.number),
        message=_text(facts.title),
        status=STATUSES[incident.status],
        tags=incident.tags,
        created_at=started_at,
        updated_at=format_time(incident.updated_at),
        priority=priority_of(incident),
        owner_team=_text(facts.team),
        responders=responders_of(incident),
        extra_properties=incident.details,
        links=LinksOut(web=f"{base_url}{path}", api=f"{base_url}/v1{path}"),
        impact_start_date=started_at,
        impact_end_date=UNSET if incident.ended_at is None else format_time(incident.ended_at),
        actions=[],
        service_id=service_ids[0] if service_ids else UNSET,
    )


def service_ids_of(incident: Incident, ids_by_name: Mapping[str, str]) -> list[str]:
    """The ids of its services: as they were sent, or of those that have the names that were sent."""
    if incident.facts.service_ids:
        return list(incident.facts.service_ids)
    names = incident.facts.services or ()
    return list(dict.fromkeys(ids_by_name[name] for name in names if name in ids_by_name))


def to_note(note: IncidentNote, offset: int) -> NoteOut:
    """A note; keys are no persons, so it has no owner."""
    return NoteOut(note=note.text, owner="", created_at=format_time(note.written_at), offset=str(offset))


def to_incident_request_status(settlement: Settlement) -> IncidentStatusOut:
    """What became of a request that is settled, or that a fault of ours keeps from being settled."""
    verdict = settlement.verdicts[0] if settlement.verdicts else None
    is_success = verdict is not None and verdict.kind is not VerdictKind.REJECTED
    return IncidentStatusOut(
        success=is_success,
        action=INCIDENT_ACTIONS[settlement.operation][0],
        processed_at=format_time(settlement.settled_at or settlement.accepted_at),
        integration_id=settlement.credential_id,
        is_success=is_success,
        status=incident_status_of(settlement),
        incident_id=verdict.subject if verdict is not None and is_success else "",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
