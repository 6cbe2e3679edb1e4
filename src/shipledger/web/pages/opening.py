"""``/ledger/open``: take the secret out of the link, give it to the browser as a cookie, and lead on to the overview."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shipledger.access.page_secret import PARAMETER, find_presented
from shipledger.errors import Denied
from shipledger.web.pages.frame import Frame

KEPT_SECONDS = 90 * 24 * 60 * 60
START = "/"


async def show(frame: Frame, request: Request) -> Response:
    """The way to the overview, at once: the secret does not stay in the address bar. Raises Denied for another secret."""
    secret = find_presented(frame.access.secrets, request.query_params.get(PARAMETER, ""))
    if secret is None:
        raise Denied("pages_secret", "This link does not open this ledger. It may have expired.")
    response = RedirectResponse(START, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        secret.cookie,
        secret.value,
        max_age=KEPT_SECONDS,
        path="/",
        secure=frame.access.is_secure(request),
        httponly=True,
        samesite="lax",  # a link to a page from a chat or a ticket has to open it
    )
    return response
