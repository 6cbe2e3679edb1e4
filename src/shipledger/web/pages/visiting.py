"""Who is signed in in the browser that sent a request, and the cookie that says so."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.device import device_in, make_mark
from shipledger.access.people.doorkeeper import Doorkeeper, Visit
from shipledger.access.people.person import email_key
from shipledger.access.people.session import LONGEST, cookie_name, is_form_token, mark_cookie_name
from shipledger.access.tokens import TokenKeys
from shipledger.errors import Denied
from shipledger.web.pages.access import PageAccess, cookies_of

LOGIN_PATH = "/login"
SIGN_ON_PATH = f"{LOGIN_PATH}/provider"
SIGNED_OUT = "pages_signed_out"
"""The code of the error that nobody is signed in."""

FORM_FIELD = "form_token"
_KEY = "shipledger.visit"
_SECRET_LIMIT = 100
_COOKIES_READ = 4
MARK_LASTS = timedelta(days=365)
"""How long a browser is known in which somebody has signed in."""


class Visiting:
    """Reads and writes the session's cookie. ``ledger_id`` gives it a name of this ledger's own."""

    def __init__(self, doorkeeper: Doorkeeper, access: PageAccess, keys: TokenKeys, ledger_id: str) -> None:
        self.doorkeeper = doorkeeper
        self._access = access
        self._keys = keys
        self._ledger_id = ledger_id

    async def find(self, request: Request) -> Visit | None:
        """Whoever is signed in, or None. Another site of the same domain can add a cookie, so every value is tried."""
        if _KEY in request.scope:
            known: Visit | None = request.scope[_KEY]
            return known
        found = None
        secrets = [secret for secret in cookies_of(request, self._name(request)) if 0 < len(secret) <= _SECRET_LIMIT]
        for secret in secrets[:_COOKIES_READ]:
            found = await self.doorkeeper.find_visit(secret, address=self.address_of(request))
            if found is not None:
                break
        request.scope[_KEY] = found
        return found

    async def begin(self, request: Request, response: Response, visit: Visit) -> Response:
        """``response``, which signs the browser in. The session that it had before ends."""
        before = await self.find(request)
        if before is not None:
            await self.doorkeeper.sign_out(before)
        mark = make_mark(self._keys, email_key(visit.person.email))
        self._access.keep_cookie(request, response, self._name(request), visit.secret, seconds=int(LONGEST.total_seconds()))
        self._access.keep_cookie(request, response, self._mark_name(request), mark, seconds=int(MARK_LASTS.total_seconds()))
        return response

    def device_of(self, request: Request, email: str) -> str:
        """The name of the browser, if this account has signed in there before; else ""."""
        marks = [mark for mark in cookies_of(request, self._mark_name(request)) if len(mark) <= _SECRET_LIMIT]
        found = (device_in(mark, self._keys, email_key(email.strip())) for mark in marks[:_COOKIES_READ])
        return next(filter(None, found), "")

    def end(self, request: Request, response: Response) -> Response:
        """``response``, which signs the browser out."""
        self._access.drop_cookie(request, response, self._name(request))
        return response

    def address_of(self, request: Request) -> str:
        """Where a request comes from."""
        return self._access.address_of(request)

    def require_own_form(self, request: Request, form: dict[str, str], visit: Visit | None) -> None:
        """Return if one of our own pages sent the form, in the same session. Raises Denied."""
        self._access.require_same_origin(request)
        if visit is not None and not is_form_token(visit.secret, form.get(FORM_FIELD, "")):
            raise Denied("form", "This form is from before you signed in, or from another session. Load the page again.")

    def _name(self, request: Request) -> str:
        return cookie_name(self._ledger_id, is_secure=self._access.is_secure(request))

    def _mark_name(self, request: Request) -> str:
        return mark_cookie_name(self._ledger_id, is_secure=self._access.is_secure(request))


def visit_of(request: Request) -> Visit | None:
    """Whoever was found to be signed in in the browser that sent ``request``."""
    found: Visit | None = request.scope.get(_KEY)
    return found


def safe_path(text: str) -> str:
    r"""A path on this server to go on to; the start for everything else. Browsers read ``//`` and ``/\`` as another host."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and all(" " < one < "\x7f" for one in text)
    return text if is_own and "\\" not in text else "/"
