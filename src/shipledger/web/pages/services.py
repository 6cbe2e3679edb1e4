"""``/services``: every service with its repositories."""

from __future__ import annotations

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response

from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame, url_with

PAGE_SIZE = 100
_OFFSET = re.compile(r"^[0-9]{1,9}\Z")


async def show(frame: Frame, request: Request) -> Response:
    """A page of services by name."""
    organization_id = viewer_of(request).organization_id
    text = request.query_params.get("offset", "")
    offset = int(text) if _OFFSET.match(text) else 0
    services, total, mappings = await asyncio.gather(
        frame.ledger.list_services(organization_id, offset=offset, limit=PAGE_SIZE),
        frame.ledger.count_services(organization_id),
        frame.ledger.list_mappings(organization_id),
    )
    repositories: dict[str, list[str]] = {}
    for mapping in mappings:
        repositories.setdefault(mapping.service_id, []).append(mapping.repository)
    return await frame.render(
        request,
        "services.html",
        services=services,
        total=total,
        repositories=repositories,
        next_url=url_with(request, offset=str(offset + PAGE_SIZE)) if offset + PAGE_SIZE < total else "",
        previous_url=url_with(request, offset=str(max(0, offset - PAGE_SIZE))) if offset else "",
    )
