"""``/incidents``: failures that were reported, newest first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame, url_with
from shipledger.web.pages.incident_rows import to_row

PAGE_SIZE = 50
ID_LENGTH = 64


async def show(frame: Frame, request: Request) -> Response:
    """A page of incidents. ``before`` continues after one."""
    organization_id = viewer_of(request).organization_id
    before = request.query_params.get("before", "")[:ID_LENGTH].replace("\0", "")
    after = await frame.ledger.find_incident(organization_id, before) if before else None
    found = await frame.ledger.scan_incidents(
        organization_id, started_from=None, started_until=None, after=after, limit=PAGE_SIZE + 1
    )
    policy = await frame.ledger.find_tier_policy(organization_id)
    rows = [to_row(incident, policy) for incident in found[:PAGE_SIZE]]
    return await frame.render(
        request,
        "incidents.html",
        rows=rows,
        older_url=url_with(request, before=rows[-1].incident.incident_id) if found.total > PAGE_SIZE else "",
        newest_url=url_with(request, before="") if after else "",
    )
