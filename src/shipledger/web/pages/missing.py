"""Every path that nothing else serves."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shipledger.errors import NotFound
from shipledger.web.pages.frame import Frame

_LISTS = frozenset({"/deployments", "/incidents", "/issues", "/requests", "/services", "/repositories"})


async def show(_frame: Frame, request: Request) -> Response:
    """The page without its last slash, when that is one. Else raises NotFound."""
    path = request.scope["path"].removesuffix("/")
    if path in _LISTS:
        return RedirectResponse(path, HTTPStatus.PERMANENT_REDIRECT)
    raise NotFound("path", "There is no page at this address. It may be mistyped, or the page may have moved.")
