"""The base of absolute links."""

from __future__ import annotations

from starlette.requests import Request

HOST_LIMIT = 300
"""Host names have at most 253 characters; longer ones are invalid and would be repeated in many links."""


def base_url_of(request: Request, public_url: str) -> str:
    """The base of links: ``public_url``, or the request's scheme and host if empty.

    Starlette's URL is not used, because it raises for an invalid Host header.
    """
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not 0 < len(host) <= HOST_LIMIT:
        address, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"{address}:{port}" if port else address
    return f"{request.scope.get('scheme', 'http')}://{host}"
