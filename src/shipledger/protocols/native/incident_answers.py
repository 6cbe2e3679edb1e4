"""From incidents to this API's answers. Pure."""

from __future__ import annotations

from shipledger.catalog.tiers import TierPolicy, resolve_environment
from shipledger.incidents.model import Incident
from shipledger.ledger.registers import known
from shipledger.protocols.native.mark_answers import to_incident_marks, to_marked
from shipledger.protocols.native.wire import IncidentOut, ReleaseOut
from shipledger.protocols.times import format_known_time, format_time


def to_incident(incident: Incident, policy: TierPolicy) -> IncidentOut:
    """The record of an incident of any protocol."""
    facts = incident.facts
    said = known(facts.environment)
    environment = None if said is None else resolve_environment(said, policy)
    return IncidentOut(
        id=incident.incident_id,
        external_id=incident.external_id,
        number=incident.number or None,
        title=known(facts.title),
        description=known(facts.description),
        services=known(facts.services) or (),
        team=known(facts.team),
        severity=known(facts.severity),
        environment=(environment.id or None) if environment else None,
        environment_name=(environment.name or None) if environment else None,
        tier=environment.tier if environment else None,
        status=incident.status,
        started_at=format_time(incident.started_at),
        resolved_at=format_known_time(incident.ended_at),
        version=known(facts.version),
        releases=tuple(ReleaseOut(repository=one.repository, commit=one.commit) for one in known(facts.releases) or ()),
        tags=incident.tags,
        marks=to_incident_marks(incident.marks),
        marked=to_marked(incident.marked),
        source=incident.source,
        recorded_at=format_time(incident.recorded_at),
        updated_at=format_time(incident.updated_at),
        canonical_environment=(policy.names.call(environment.name) or None) if environment else None,
    )
