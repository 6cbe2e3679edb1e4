"""The theme of the pages: light, dark, or that of the reader's system. A cookie keeps it, so that it needs no script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import Invalid
from shipledger.web.pages.forms import read_form
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.themes import COOKIE, KEPT_SECONDS, THEMES
from shipledger.web.pages.visiting import safe_path


async def change(frame: Frame, request: Request) -> Response:
    """Keep the theme in the browser and lead back to the page that the form was on. Raises Invalid."""
    frame.access.require_same_origin(request)
    form = await read_form(request)
    theme = form.get("theme", "")
    if theme not in THEMES:
        raise Invalid("form", f"There is no theme {theme!r}. Choose one of {', '.join(THEMES)}.")
    response = see_other(safe_path(form.get("from", "")))
    frame.access.keep_cookie(request, response, COOKIE, theme, seconds=KEPT_SECONDS)
    return response
