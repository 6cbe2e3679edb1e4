"""The open incidents of a service."""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.service import Service
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.incident_rows import IncidentRow, to_row

INCIDENTS_READ = 200
INCIDENTS_SHOWN = 20


class OpenIncidents(Struct, frozen=True):
    """Those found, the newest first. ``looked_at``: so many of all open incidents were looked at; 0 for all."""

    rows: tuple[IncidentRow, ...]
    left_out: int
    looked_at: int


async def find_open_incidents(frame: Frame, service: Service) -> OpenIncidents:
    """Those among the open incidents that name a service, by any of its names."""
    organization_id = service.organization_id
    found = await frame.ledger.list_open_incidents(organization_id, limit=INCIDENTS_READ)
    policy = await frame.ledger.find_tier_policy(organization_id)
    rows = [to_row(one, policy) for one in found]
    names = sorted({name for row in rows for name in row.services})
    ids = await frame.ledger.find_named_services(organization_id, names) if names else {}
    own = [row for row in rows if any(ids.get(name) == service.service_id for name in row.services)]
    looked_at = INCIDENTS_READ if found.total >= INCIDENTS_READ else 0
    return OpenIncidents(tuple(own[:INCIDENTS_SHOWN]), max(len(own) - INCIDENTS_SHOWN, 0), looked_at)
