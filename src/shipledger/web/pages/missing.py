"""Every path that nothing else serves."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import NotFound
from shipledger.web.pages.frame import Frame


async def show(_frame: Frame, _request: Request) -> Response:
    """Always raises NotFound."""
    raise NotFound("path", "The address leads nowhere. It may be mistyped, or the page may have moved.")
