"""What a list of incidents asks for. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.catalog.tiers import TierPolicy, resolve_environment
from shipledger.incidents.model import Incident
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.environment_names import is_in
from shipledger.ledger.registers import known
from shipledger.ledger.state import Tier
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.listing import DEFAULT_LIMIT, MAX_LIMIT, read_window
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF
from shipledger.protocols.native.vocabulary import STATUS_SPELLINGS, STATUSES, TIERS
from shipledger.protocols.native.wire import IncidentOut

PARAMETERS = ("from", "to", "service", "team", "environment", "tier", "status", "severity", "source", AS_OF, NAME, LIMIT, FORMAT)
COLUMNS = tuple(name for name in IncidentOut.__struct_fields__ if name not in {"request_id", "verdict", "knowledge"})


class IncidentListing(Struct, frozen=True):
    """The page that is wanted; "" and None do not restrict. Texts are compared without case."""

    started_from: datetime | None
    started_until: datetime | None
    service: str
    team: str
    environment: str
    tier: Tier | None
    status: IncidentStatus | None
    severity: str
    source: str
    before: Place | None
    limit: int

    def has(self, incident: Incident, policy: TierPolicy) -> bool:
        """Whether the list shows an incident."""
        facts = incident.facts
        said = known(facts.environment)
        environment = None if said is None else resolve_environment(said, policy)
        moment = incident.started_at
        if (self.started_from and moment < self.started_from) or (self.started_until and moment > self.started_until):
            return False
        return (
            _has(self.service, *(known(facts.services) or ()))
            and _has(self.team, known(facts.team))
            and _has(self.severity, known(facts.severity))
            and (not self.environment or is_in(environment, self.environment, policy.names))
            and _has(self.source, incident.source)
            and (self.tier is None or (environment is not None and environment.tier is self.tier))
            and (self.status is None or incident.status is self.status)
        )


def read_incident_listing(parameters: Parameters) -> IncidentListing:
    """The page that is wanted. What is wrong is noted in ``parameters``."""
    started_from, started_until = read_window(parameters)
    return IncidentListing(
        started_from=started_from,
        started_until=started_until,
        service=parameters.text("service"),
        team=parameters.text("team"),
        environment=parameters.text("environment"),
        tier=parameters.word("tier", TIERS, {}),
        status=parameters.word("status", STATUSES, STATUS_SPELLINGS),
        severity=parameters.text("severity"),
        source=parameters.text("source"),
        before=read_cursor(parameters),
        limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
    )


def _has(wanted: str, *values: str | None) -> bool:
    return not wanted or any(value is not None and value.casefold() == wanted.casefold() for value in values)
