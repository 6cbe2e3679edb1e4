"""``/login`` and ``/logout``."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.doorkeeper import TooManyTries
from shipledger.access.people.person import EMAIL_LIMIT
from shipledger.errors import Denied
from shipledger.web.pages.forms import read_form
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.visiting import LOGIN_PATH, SIGN_ON_PATH, safe_path


async def show(frame: Frame, request: Request) -> Response:
    """The form; or the way on for whoever is signed in."""
    following = safe_path(request.query_params.get("next", "/"))
    if await frame.visiting.find(request) is not None:
        return see_other(following)
    return await show_form(frame, request, following=following)


async def show_form(
    frame: Frame, request: Request, *, following: str, email: str = "", fault: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """The form that signs in, with what went wrong; or how to create the first account."""
    provider = "" if frame.entrance is None else f"{SIGN_ON_PATH}?{urlencode({'next': following})}"
    return await frame.render(
        request,
        "login.html",
        status=status,
        following=following,
        email=email[:EMAIL_LIMIT],
        fault=fault,
        is_new=await frame.visiting.doorkeeper.has_nobody(),
        provider=provider,
        provider_name="" if frame.entrance is None else frame.entrance.name,
    )


async def sign_in(frame: Frame, request: Request) -> Response:
    """A new session, and the way on; or the form again with what is wrong."""
    form = await read_form(request, keeps_spaces=("password",))
    frame.visiting.require_own_form(request, form, None)
    following = safe_path(form.get("next", "/"))
    try:
        visit = await frame.visiting.doorkeeper.sign_in(
            form.get("email", ""),
            form.get("password", ""),
            address=frame.visiting.address_of(request),
            agent=request.headers.get("user-agent", ""),
            device=frame.visiting.device_of(request, form.get("email", "")),
        )
    except Denied as error:
        status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooManyTries) else HTTPStatus.UNPROCESSABLE_ENTITY
        email = form.get("email", "")
        response = await show_form(frame, request, following=following, email=email, fault=error.message, status=status)
        if isinstance(error, TooManyTries):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    return await frame.visiting.begin(request, see_other(following), visit)


async def sign_out(frame: Frame, request: Request) -> Response:
    """End the session, if there is one."""
    visit = await frame.visiting.find(request)
    frame.visiting.require_own_form(request, await read_form(request), visit)
    if visit is not None:
        await frame.visiting.doorkeeper.sign_out(visit)
    return frame.visiting.end(request, see_other(LOGIN_PATH))
