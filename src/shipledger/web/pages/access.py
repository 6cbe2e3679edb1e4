"""Where pages are served, and which forms are our own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import Denied, NotFound
from shipledger.http.hosts import KnownHosts
from shipledger.http.proxies import read_proxies
from shipledger.settings import Settings


class PageAccess:
    """Decides by what a request contains, never by what it lacks."""

    def __init__(self, settings: Settings, hosts: KnownHosts) -> None:
        self._hosts = hosts
        self._proxies = read_proxies(settings.trusted_proxies)
        self._are_on = settings.pages != "off"
        self._public_url = settings.public_url

    def require_pages(self, request: Request) -> None:
        """Return if pages are served under the requested host name. Raises NotFound if pages are off, or Denied."""
        if not self._are_on:
            raise NotFound("pages_off", "The pages of this ledger are switched off.")
        if not self._hosts.is_known(request):
            raise Denied("pages_host", "This ledger does not serve the host name in the address.")

    def require_same_origin(self, request: Request) -> None:
        """Return if ``request`` was provably sent from one of our own pages. Raises Denied."""
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        if site is None and origin is None:
            raise Denied("origin", "The form was sent without an Origin header, so it may not come from this page.")
        if site not in (None, "same-origin") or (origin is not None and not self._is_own(origin, request)):
            raise Denied(
                "origin",
                "The form was sent from another site. Open the page here and submit it again. "
                "Behind a proxy, public_url must be the address shown in the browser.",
            )

    def is_secure(self, request: Request) -> bool:
        """Whether the browser speaks TLS, by what we see, what a named proxy says, or the setting public_url."""
        return (
            request.scope["scheme"] == "https"
            or self._proxies.is_over_tls(request)
            or (self._public_url.lower().startswith("https:") and _host(request) == _netloc(self._public_url))
        )

    def url_below(self, request: Request, path: str) -> str:
        """The address of ``path`` as the browser reaches this ledger, or as the setting public_url says."""
        scheme = "https" if self.is_secure(request) else "http"
        return f"{self._public_url.rstrip('/') or f'{scheme}://{_host(request)}'}{path}"

    def address_of(self, request: Request) -> str:
        """Where a request comes from, also behind a named proxy."""
        return self._proxies.address_of(request)

    def keep_cookie(self, request: Request, response: Response, name: str, value: str, *, seconds: int, path: str = "/") -> None:
        """Keep a value in the browser, out of reach of scripts; over TLS alone where the browser speaks it."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=path,
            secure=self.is_secure(request),
            httponly=True,
            samesite="lax",  # a link from a chat or a ticket, and a provider of identities, lead here from another site
        )

    def drop_cookie(self, request: Request, response: Response, name: str, *, path: str = "/") -> None:
        """Take a value out of the browser."""
        response.delete_cookie(name, path=path, secure=self.is_secure(request), httponly=True, samesite="lax")

    def _is_own(self, origin: str, request: Request) -> bool:
        # Only host and port are compared: behind a proxy that ends TLS the scheme differs. A proxy may put its own name into
        # Host; then the setting says what the browser sees.
        netloc = _netloc(origin)
        return bool(netloc) and netloc in (_host(request), _netloc(self._public_url))


def cookies_of(request: Request, name: str) -> Iterator[str]:
    """Every value of a cookie: another site of the same domain can add one, and must not lock readers out."""
    for header in request.headers.getlist("cookie"):
        for pair in header.split(";"):
            found, _, value = pair.strip().partition("=")
            if found == name:
                yield value


def _host(request: Request) -> str:
    return request.headers.get("host", "").lower()


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
