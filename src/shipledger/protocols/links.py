"""What absolute links begin with."""

from __future__ import annotations

from starlette.requests import Request

HOST_LIMIT = 300
"""A name of a host has at most 253 characters; whatever is longer is none, and would be in each of many links."""


def base_url_of(request: Request, public_url: str) -> str:
    """What links begin with: ``public_url``, or as the request did when it is empty.

    By hand: Starlette's URL raises for a Host header that is no host.
    """
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not 0 < len(host) <= HOST_LIMIT:
        address, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"{address}:{port}" if port else address
    return f"{request.scope.get('scheme', 'http')}://{host}"
