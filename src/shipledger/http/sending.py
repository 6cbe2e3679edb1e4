"""Send an answer in pieces, so that unread data is counted and not kept forever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import Message, Scope, Send

from shipledger.http.budget import Account

READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Answers to these methods may be refused. A write's answer is always sent, because it reports what happened."""
PIECE_BYTES = 8 * 1024
"""A larger answer is sent in pieces. So much of an answer may wait in the buffer of a connection without being counted."""

_ABORT = "shipledger.abort"


def keep_abort(scope: Scope, abort: Callable[[], None]) -> None:
    """Say how the connection of a request is given up."""
    scope[_ABORT] = abort


class NoRoomForAnswer(Exception):
    """There is no room for an answer, none of which was sent; a small one may be sent instead."""


def has_room_for_answer(account: Account, count: int) -> bool:
    """Whether an answer of ``count`` bytes to a request with ``account`` may be held until it is read."""
    return count <= PIECE_BYTES or account.open_for_answer().may_owe(count)


class MeasuredSend:
    """An ASGI ``send`` that counts a large answer to a request with ``account`` until the client has read it."""

    def __init__(self, scope: Scope, send: Send, account: Account) -> None:
        self._scope = scope
        self._send = send
        self._account = account
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Return once most of the message has been read. Connections of slow readers are closed.

        Raises NoRoomForAnswer.
        """
        if message["type"] == "http.response.start":
            self._start = message  # sent with the body, which may be refused
            return
        body: bytes = message.get("body", b"")
        if self._start is not None:
            if self._scope["method"] in READS and not has_room_for_answer(self._account, len(body)):
                raise NoRoomForAnswer
            start, self._start = self._start, None
            await self._send(start)
        if len(body) <= PIECE_BYTES:
            await self._send(message)
        else:
            await self._send_counted(message, body)

    async def _send_counted(self, message: Message, body: bytes) -> None:
        held = self._account.open_for_answer()
        held.owe(len(body))
        try:
            await self._send_pieces(message, body)
        finally:
            held.close()

    async def _send_pieces(self, message: Message, body: bytes) -> None:
        loop = asyncio.get_running_loop()
        pace = self._account.budget.new_pace(loop.time())
        try:
            for start in range(0, len(body), PIECE_BYTES):
                piece = body[start : start + PIECE_BYTES]
                async with asyncio.timeout_at(pace.ends_at):
                    await self._send({**message, "body": piece, "more_body": True})
                pace.note(len(piece), loop.time())
            async with asyncio.timeout_at(pace.ends_at):
                await self._send({**message, "body": b""})  # waits until earlier data has been read
        except TimeoutError:
            if (abort := self._scope.get(_ABORT)) is not None:
                abort()
