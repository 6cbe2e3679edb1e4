"""``/incidents``: failures that were reported, newest first."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.tiers import TierPolicy, resolve_environment
from shipledger.incidents.model import Incident
from shipledger.ledger.submission import Environment, Release
from shipledger.web.pages.durations import CLOCKS_AGREE
from shipledger.web.pages.frame import Frame, url_with

PAGE_SIZE = 50
ID_LENGTH = 64
UNTITLED = "Incident without a title"


class IncidentRow(Struct, frozen=True):
    """An incident in words that templates need. ``seconds`` is None while it is open.

    ``ahead_seconds``: how far its times lie after the reports that told them, None where clocks agree.
    """

    incident: Incident
    title: str
    description: str
    services: tuple[str, ...]
    severity: str
    team: str
    version: str
    environment: Environment | None
    releases: tuple[Release, ...]
    tags: tuple[str, ...]
    seconds: float | None
    ahead_seconds: float | None


async def show(frame: Frame, request: Request) -> Response:
    """A page of incidents. ``before`` continues after one."""
    organization_id = await frame.organization_id()
    before = request.query_params.get("before", "")[:ID_LENGTH].replace("\0", "")
    after = await frame.store.find_incident(organization_id, before) if before else None
    found = await frame.store.scan_incidents(
        organization_id, started_from=None, started_until=None, after=after, limit=PAGE_SIZE + 1
    )
    policy = await frame.store.find_tier_policy(organization_id)
    rows = [to_row(incident, policy) for incident in found[:PAGE_SIZE]]
    return await frame.render(
        request,
        "incidents.html",
        rows=rows,
        older_url=url_with(request, before=rows[-1].incident.incident_id) if found.total > PAGE_SIZE else "",
        newest_url=url_with(request, before="") if after else "",
    )


def to_row(incident: Incident, policy: TierPolicy) -> IncidentRow:
    """An incident as pages show it, with the tier that ``policy`` gives its environment."""
    facts = incident.facts
    environment = _said(facts.environment)
    ended_at = incident.ended_at
    return IncidentRow(
        incident=incident,
        title=_said(facts.title) or UNTITLED,
        description=_said(facts.description) or "",
        services=_said(facts.services) or (),
        severity=_said(facts.severity) or "",
        team=_said(facts.team) or "",
        version=_said(facts.version) or "",
        environment=None if environment is None else resolve_environment(environment, policy),
        releases=_said(facts.releases) or (),
        tags=incident.tags,
        seconds=None if ended_at is None else (ended_at - incident.started_at).total_seconds(),
        ahead_seconds=_ahead_seconds(incident),
    )


def _ahead_seconds(incident: Incident) -> float | None:
    ahead = max(incident.started_at - incident.recorded_at, (incident.ended_at or incident.updated_at) - incident.updated_at)
    return ahead.total_seconds() if ahead > CLOCKS_AGREE else None


def _said(value: Any) -> Any:
    return None if value is UNSET else value
