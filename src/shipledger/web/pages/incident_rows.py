"""Incidents in the words that pages and commands show."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from shipledger.catalog.tiers import TierPolicy, resolve_environment
from shipledger.incidents.model import Incident
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Environment, Release
from shipledger.web.pages.durations import CLOCKS_AGREE

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


def to_row(incident: Incident, policy: TierPolicy) -> IncidentRow:
    """An incident as pages show it, with the tier and the name that ``policy`` gives its environment."""
    facts = incident.facts
    environment = known(facts.environment)
    ended_at = incident.ended_at
    return IncidentRow(
        incident=incident,
        title=known(facts.title) or UNTITLED,
        description=known(facts.description) or "",
        services=known(facts.services) or (),
        severity=known(facts.severity) or "",
        team=known(facts.team) or "",
        version=known(facts.version) or "",
        environment=None if environment is None else _name(resolve_environment(environment, policy), policy),
        releases=known(facts.releases) or (),
        tags=incident.tags,
        seconds=None if ended_at is None else (ended_at - incident.started_at).total_seconds(),
        ahead_seconds=_ahead_seconds(incident),
    )


def _name(environment: Environment, policy: TierPolicy) -> Environment:
    return replace(environment, name=policy.names.call(environment.name))


def _ahead_seconds(incident: Incident) -> float | None:
    ahead = max(incident.started_at - incident.recorded_at, (incident.ended_at or incident.updated_at) - incident.updated_at)
    return ahead.total_seconds() if ahead > CLOCKS_AGREE else None
