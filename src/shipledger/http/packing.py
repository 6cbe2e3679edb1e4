"""Compresses pages for browsers that can read that: a list is a tenth as long then.

How long a compressed page is can tell who sees the line whether a text that they chose stands in it twice. So each has some
random bytes besides, of a random count, as in Django ("Heal the BREACH", IEEE Access 2022).
"""

from __future__ import annotations

import gzip
import io
import secrets
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shipledger.long_work import run_beside

LEAST_BYTES = 1_024
LEVEL = 5
MOST_RANDOM_BYTES = 100
KIND = "text/html"


class PackedPages:
    """Compresses what ``app`` answers if that is a page, in one piece. Everything else passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and compress the answer."""
        if scope["type"] != "http" or not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            begun, start = start, None
            body = message.get("body", b"")
            headers = MutableHeaders(raw=list(begun["headers"]))
            headers.add_vary_header("Accept-Encoding")
            if not message.get("more_body") and len(body) >= LEAST_BYTES and "content-encoding" not in headers:
                body = await run_beside(partial(pack, body), size=len(body) // 4)
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(body))
            await send({**begun, "headers": headers.raw})
            await send({**message, "body": body})

        await self._app(scope, receive, send_packed)


def _is_page(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith(KIND)


def takes_gzip(accepted: str) -> bool:
    """Whether the header ``Accept-Encoding`` names gzip, and does not refuse it."""
    for part in accepted.split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() in ("gzip", "x-gzip"):
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def pack(body: bytes) -> bytes:
    """``body``, compressed, with a random count of random bytes where gzip has the name of a file."""
    packed = io.BytesIO()
    name = secrets.token_hex(MOST_RANDOM_BYTES)[: 1 + secrets.randbelow(MOST_RANDOM_BYTES)]
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
