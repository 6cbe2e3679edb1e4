"""``/repositories``: every repository that deployments name, and the services that they belong to."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame

SHOWN = 500
SERVICES_OFFERED = 500


async def show(frame: Frame, request: Request) -> Response:
    """All repositories, those without a service first."""
    organization_id = viewer_of(request).organization_id
    records, services = await asyncio.gather(
        frame.ledger.list_repositories(organization_id),
        frame.ledger.list_services(organization_id, offset=0, limit=SERVICES_OFFERED),
    )
    text = request.query_params.get("text", "").strip()
    only_unmapped = request.query_params.get("show") == "unmapped"
    found = [
        record
        for record in records
        if any(text.casefold() in name.casefold() for name in (record.repository, *record.former_names))
        and not (only_unmapped and record.service_ids)
    ]
    found.sort(key=lambda record: (bool(record.service_ids), record.repository.casefold()))
    return await frame.render(
        request,
        "repositories.html",
        records=found[:SHOWN],
        hidden=max(0, len(found) - SHOWN),
        total=len(records),
        unmapped=sum(not record.service_ids for record in records),
        services=services,
        mappable=[one for one in services if viewer_of(request).may_for(Right.CONFIGURE, one.draft.team_id)],
        names={service.service_id: service for service in services},
        text=text,
        only_unmapped=only_unmapped,
    )
