"""Headers that every page and static file carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_GOOD = (200, 206, 304)


class SecurityHeaders:
    """Adds the headers to answers of ``app``. ``cache_control`` is for successful answers; others must not be cached.

    ``referrer``: the policy for what browsers tell of the address, which may be "strict-origin" where the address is a secret.
    """

    def __init__(self, app: ASGIApp, *, cache_control: str, referrer: str = "same-origin") -> None:
        self._app = app
        self._referrer = referrer
        self._cache_control = cache_control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                # Not "no-referrer", where there are forms: browsers then send "Origin: null" with them.
                headers.setdefault("Referrer-Policy", self._referrer)
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", self._cache_control if message["status"] in _GOOD else "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)
