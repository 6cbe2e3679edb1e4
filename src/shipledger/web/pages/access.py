"""Who may see the pages while there are no accounts, and which requests may change something."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from shipledger.errors import Denied, NotFound
from shipledger.settings import Settings

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def require_reader(request: Request, settings: Settings) -> None:
    """Return when the sender of ``request`` may see pages. Raises NotFound when there are none, or Denied."""
    if settings.pages == "off":
        raise NotFound("pages_off", "The pages of this ledger are switched off.")
    if settings.pages == "loopback" and not is_local(request):
        raise Denied("pages_loopback", "The pages of this ledger are shown on the machine that it runs on, and nowhere else.")


def require_same_origin(request: Request) -> None:
    """Return when a browser sent ``request`` from one of our own pages. Raises Denied, also when nothing proves it."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        raise Denied("origin", "The form was sent without an Origin header, so nothing shows that it came from this page.")
    if site not in (None, "same-origin") or (origin is not None and not _is_own(origin, request)):
        raise Denied("origin", "The form was sent from another site. Open the page here and send it again.")


def is_local(request: Request) -> bool:
    """Whether a program on this machine speaks to us directly and by a name that can only mean this machine.

    The name matters: a site that points its own name at 127.0.0.1 (DNS rebinding) reaches us from the reader's browser,
    but with its own name in Host. What came through a proxy is never local, whatever the proxy says.
    """
    if request.client is None or any(name in request.headers for name in _PROXY_HEADERS):
        return False
    return _is_loopback(request.client.host) and _is_local_name(request.headers.get("host", ""))


def _is_own(origin: str, request: Request) -> bool:
    # Only host and port are compared: behind a proxy that ends TLS the scheme differs.
    return bool(origin) and urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def _is_local_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and (name == "localhost" or _is_loopback(name))


def _is_loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
