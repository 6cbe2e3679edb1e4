"""The bodies of calls: read within their limits, unpacked, and taken apart."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from shipledger.http.body import BodyTooLarge, read_body
from shipledger.http.body_text import find_coding, hold_text, unpack_content
from shipledger.http.budget import account_of
from shipledger.http.unpacking import RATIO_LIMIT
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.call import Call
from shipledger.protocols.datadog.reading import Problem
from shipledger.protocols.datadog.uploads import FRAME_BYTES, read_parts
from shipledger.protocols.wire_json import decode_body, decode_json, note_replaced

BODY_LIMIT_BYTES = 1024 * 1024


async def read_json(request: Request, call: Call) -> Any:
    """The decoded body, without half characters.

    Raises as ``read_json_text`` does, and UnwieldyJsonError. ``request.state.body`` is the same
    as it came, and ``request.state.parameters`` what a receipt keeps besides.
    """
    account = account_of(request)
    raw = await read_body(request, BODY_LIMIT_BYTES)
    coding = find_coding(request, raw)

    def read() -> tuple[Any, dict[str, str], Any]:
        text = hold_text(unpack_content(raw, coding, BODY_LIMIT_BYTES, account.take), account)
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
        coding = find_coding(request, raw)
        return await call.compute(
            lambda: read_parts(unpack_content(raw, coding, most, account.take), content_type),
            size=_size_of(raw, coding),
        )
    except BodyTooLarge:
        raise BadRequestError(Problem(f"the upload is larger than {limit_bytes} bytes")) from None


def _size_of(raw: bytes, coding: str) -> int:
    return len(raw) * RATIO_LIMIT if coding else len(raw)
