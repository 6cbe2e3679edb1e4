"""Read a request body within its limit, the budget and a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.requests import ClientDisconnect, Request

from shipledger.http.budget import BodyTooLarge as BodyTooLarge
from shipledger.http.budget import account_of, is_full

DRAIN_LIMIT_BYTES = 64 * 1024 * 1024
"""A larger refused body is not read to its end; the connection is closed instead."""


class BodyTooSlow(Exception):
    """The body was sent too slowly, or not at all."""


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body, held until the request is answered.

    Raises BodyTooLarge beyond ``limit_bytes``, Unavailable if others hold too many bytes, BodyTooSlow, and
    ClientDisconnect if the sender disconnects. A refused body is still read from the connection, up to a limit, and
    dropped: a client that is answered while sending sees a broken connection instead of the answer.
    """
    account, loop = account_of(request), asyncio.get_running_loop()
    announced = _announced_length(request)
    if announced is not None and announced > DRAIN_LIMIT_BYTES:
        raise BodyTooLarge(limit_bytes)
    limit_bytes = min(limit_bytes, account.share_bytes)
    pace = account.budget.new_pace(loop.time())
    body, size, is_more = bytearray(), 0, True
    refusal: Callable[[], Exception] | None = (
        None  # create the exception only when raised: its traceback would keep this frame alive
    )
    if announced is not None and announced > limit_bytes:
        refusal = partial(BodyTooLarge, limit_bytes)
    while is_more and size <= DRAIN_LIMIT_BYTES:
        chunk, is_more = await _receive(request, pace.ends_at)
        pace.note(len(chunk), loop.time())
        size += len(chunk)
        if refusal is None and size > limit_bytes:
            refusal = partial(BodyTooLarge, limit_bytes)
        elif refusal is None and not account.has_room(len(chunk)):
            refusal = is_full
        if refusal is None:
            account.owe(len(chunk))
            body += chunk
        elif body:
            account.give_back(len(body))
            body = bytearray()
    if refusal is not None:
        raise refusal()
    return bytes(body)


async def _receive(request: Request, ends_at: float) -> tuple[bytes, bool]:
    """What came next of the body, and whether more will come. Raises ClientDisconnect, and BodyTooSlow after ``ends_at``."""
    try:
        async with asyncio.timeout_at(ends_at):
            message = await request.receive()
    except TimeoutError:
        raise BodyTooSlow from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _announced_length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None
