"""The open incidents of a service."""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.service import Service
from shipledger.incidents.standing import IncidentStatus
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.incident_rows import IncidentRow, to_row

INCIDENTS_READ = 200
INCIDENTS_SHOWN = 20


class OpenIncidents(Struct, frozen=True):
    """Those found, the newest first. ``looked_at``: so many of all incidents were looked at; 0 for all."""

    rows: tuple[IncidentRow, ...]
    left_out: int
    looked_at: int


async def find_open_incidents(frame: Frame, service: Service) -> OpenIncidents:
    """Those among the newest incidents that name a service, by any of its names, and are not over."""
    organization_id = service.organization_id
    found = await frame.ledger.scan_incidents(
        organization_id, started_from=None, started_until=None, after=None, limit=INCIDENTS_READ
    )
    policy = await frame.ledger.find_tier_policy(organization_id)
    rows = [to_row(one, policy) for one in found if one.status is IncidentStatus.OPEN]
    names = sorted({name for row in rows for name in row.services})
    ids = await frame.ledger.find_named_services(organization_id, names) if names else {}
    own = [row for row in rows if any(ids.get(name) == service.service_id for name in row.services)]
    looked_at = INCIDENTS_READ if found.total >= INCIDENTS_READ else 0
    return OpenIncidents(tuple(own[:INCIDENTS_SHOWN]), max(len(own) - INCIDENTS_SHOWN, 0), looked_at)
