"""Read a request body without ever holding more than its limit."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

DRAIN_LIMIT_BYTES = 64 * 1024 * 1024
"""A larger refused body is not read to its end: the connection is given up instead."""


class BodyTooLarge(Exception):
    """The body has more bytes than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"body is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body. Raises BodyTooLarge beyond ``limit_bytes``, and ClientDisconnect when the sender goes away.

    A body that is refused is still read off the wire, up to a bound, and dropped: a client that is answered while it
    sends sees a broken connection instead of the answer.
    """
    announced = _announced_length(request)
    if announced is not None and announced > DRAIN_LIMIT_BYTES:
        raise BodyTooLarge(limit_bytes)
    chunks: list[bytes] = []
    size = 0
    is_more = True
    while is_more and size <= DRAIN_LIMIT_BYTES:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit_bytes:
            chunks.append(chunk)
        else:
            chunks.clear()
        is_more = message.get("more_body", False)
    if size > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    return b"".join(chunks) if len(chunks) != 1 else chunks[0]


def _announced_length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None
