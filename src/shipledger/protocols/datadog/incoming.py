"""The bodies of calls: read within their limits, unpacked, and taken apart."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from starlette.requests import Request

from shipledger.http.body import BodyTooLarge, read_body
from shipledger.http.budget import account_of
from shipledger.http.unpacking import CODINGS, RATIO_LIMIT, PackedTooTightlyError, UnreadablePackingError, unpack
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.call import Call
from shipledger.protocols.datadog.reading import Problem
from shipledger.protocols.datadog.uploads import FRAME_BYTES, read_parts
from shipledger.protocols.wire_json import decode_body, decode_json, note_replaced
from shipledger.protocols.wire_text import hold_text

BODY_LIMIT_BYTES = 1024 * 1024

_CODINGS_OF_UPLOADS = ("gzip", "x-gzip")


async def read_json(request: Request, call: Call) -> Any:
    """The decoded body, without half characters.

    Raises BodyTooLarge, UnreadableJsonError, UnwieldyJsonError and BadRequestError. ``request.state.body`` is the same as it
    came, and ``request.state.parameters`` what a receipt keeps besides.
    """
    account = account_of(request)
    raw = await read_body(request, BODY_LIMIT_BYTES)
    coding = _coding_of(request, CODINGS, "gzip, deflate")

    def read() -> tuple[Any, dict[str, str], Any]:
        text = hold_text(_unpack(raw, coding, BODY_LIMIT_BYTES, account.take), account)
        as_sent, parameters = decode_json(text), note_replaced(text)
        return as_sent, parameters, decode_body(text) if parameters else as_sent

    request.state.body, request.state.parameters, body = await call.compute(read, size=_size_of(raw, coding))
    return body


async def read_upload(request: Request, call: Call, limit_bytes: int) -> dict[str, bytes]:
    """The parts of an upload by name. Raises BadRequestError, also for what is too large: the CLI takes 413 for success."""
    content_type = request.headers.get("content-type", "")
    account, most = account_of(request), limit_bytes + FRAME_BYTES
    try:
        raw = await read_body(request, most)
        coding = _coding_of(request, _CODINGS_OF_UPLOADS, "gzip")
        return await call.compute(
            lambda: read_parts(_unpack(raw, coding, most, account.take), content_type),
            size=_size_of(raw, coding),
        )
    except BodyTooLarge:
        raise BadRequestError(Problem(f"the upload is larger than {limit_bytes} bytes")) from None


def _coding_of(request: Request, read: Collection[str], named: str) -> str:
    """The content coding of a body, empty for none. Raises BadRequestError for one that is not ``read``."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return ""
    if coding not in read:
        raise BadRequestError(Problem(f'the content encoding "{coding[:20]}" is not read; use {named} or none'))
    return coding


def _unpack(raw: bytes, coding: str, limit_bytes: int, hold: Callable[[int], None]) -> bytes:
    if not coding:
        return raw
    try:
        return unpack(raw, coding, limit_bytes, hold)
    except UnreadablePackingError:
        raise BadRequestError(Problem(f"the body is not valid {coding}")) from None
    except PackedTooTightlyError:
        raise BadRequestError(
            Problem(f"the body unpacks to more than {RATIO_LIMIT} times its length; send it without compression")
        ) from None


def _size_of(raw: bytes, coding: str) -> int:
    return len(raw) * RATIO_LIMIT if coding else len(raw)
