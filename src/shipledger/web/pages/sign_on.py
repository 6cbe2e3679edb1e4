"""``/login/provider``: the way to the identity provider, and back."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.sign_on.entrance import Entrance
from shipledger.errors import Denied, Invalid, NotFound, ShipledgerError, Unavailable
from shipledger.web.pages.access import cookies_of
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.sign_in import show_form
from shipledger.web.pages.visiting import SIGN_ON_PATH, safe_path

BACK_PATH = f"{SIGN_ON_PATH}/back"
_COOKIE = "shipledger_sign_on"
_COOKIES_READ = 4


async def depart(frame: Frame, request: Request) -> Response:
    """The way to the provider; or the form again with why there is none. Raises NotFound if no provider is set."""
    sign_on = _required(frame)
    following = safe_path(request.query_params.get("next", "/"))
    try:
        departure = await sign_on.party.depart(redirect_uri=frame.access.url_below(request, BACK_PATH), following=following)
    except (Denied, Invalid, Unavailable) as error:
        return await _show_again(frame, request, error, following)
    response = see_other(departure.url)
    frame.access.keep_cookie(request, response, _COOKIE, departure.kept, seconds=departure.lasts_seconds, path=SIGN_ON_PATH)
    return response


async def arrive(frame: Frame, request: Request) -> Response:
    """A new session, and the way on; or the form again with what is wrong."""
    sign_on = _required(frame)
    try:
        kept = islice(cookies_of(request, _COOKIE), _COOKIES_READ)
        identity, following = await sign_on.party.arrive(request.query_params, kept)
        person = await sign_on.door.admit(identity)
    except (Denied, Invalid, Unavailable) as error:
        return await _show_again(frame, request, error, "/")
    visit = await frame.visiting.doorkeeper.open_session(
        person,
        address=frame.visiting.address_of(request),
        agent=request.headers.get("user-agent", ""),
        organization_id="",
    )
    response = await frame.visiting.begin(request, see_other(following), visit)
    frame.access.drop_cookie(request, response, _COOKIE, path=SIGN_ON_PATH)
    return response


def _required(frame: Frame) -> Entrance:
    if frame.entrance is None:
        raise NotFound("path", "Single sign-on is not set up. See docs/how-to/sign-on.md.")
    return frame.entrance


async def _show_again(frame: Frame, request: Request, error: ShipledgerError, following: str) -> Response:
    status = HTTPStatus.FORBIDDEN if isinstance(error, Denied) else HTTPStatus.SERVICE_UNAVAILABLE
    return await show_form(frame, request, following=following, fault=error.message, status=status)
