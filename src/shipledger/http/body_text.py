"""From a request to the text of its body: decompressed, and counted by its size in memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from starlette.requests import Request

from shipledger.errors import BodyNotRead, BodyNotUnpacked
from shipledger.http.body import read_body
from shipledger.http.budget import Account, account_of
from shipledger.http.unpacking import CODINGS, RATIO_LIMIT, PackedTooTightlyError, UnreadablePackingError, unpack

_SHOWN_LENGTH = 20
_CODINGS_SHOWN = "gzip, deflate"
_JSON_WANTED = "Request body should be JSON. Please send the header 'Content-Type: application/json'."


class UnreadableBodyError(ValueError):
    """The body is not the text that it should be."""


def decode_text(raw: bytes) -> str:
    """The text of a body, as sent. Raises UnreadableBodyError if it is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableBodyError from None


async def read_body_text(request: Request, limit_bytes: int) -> str:
    """The body as text, as sent. Raises what ``read_content`` raises, and UnreadableBodyError if it is not UTF-8."""
    return hold_text(await read_content(request, limit_bytes), account_of(request))


async def read_json_text(request: Request, limit_bytes: int) -> str:
    """Like ``read_body_text``. Raises BodyNotRead if the content type is not JSON.

    The type of an empty body is ignored: curl declares every body a form.
    """
    text = await read_body_text(request, limit_bytes)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if text and media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise BodyNotRead("media_type", _JSON_WANTED)
    return text


async def read_content(request: Request, limit_bytes: int) -> bytes:
    """The decoded body. Raises what ``read_body`` and ``find_coding`` raise, and BodyNotUnpacked."""
    raw = await read_body(request, limit_bytes)
    coding = find_coding(request, raw)
    if not coding:
        return raw
    return await asyncio.to_thread(unpack_content, raw, coding, limit_bytes, account_of(request).take)


def find_coding(request: Request, raw: bytes) -> str:
    """The content encoding of a body, empty for none. Raises BodyNotRead for an unsupported one, and for several."""
    sent = ",".join(request.headers.getlist("content-encoding")).lower()
    codings = [coding for part in sent.split(",") if (coding := part.strip()) not in ("", "identity")]
    if not codings or not raw:
        return ""
    if len(codings) > 1 or codings[0] not in CODINGS:
        shown = ", ".join(codings)[:_SHOWN_LENGTH]
        message = f"The content encoding '{shown}' is not read; use one of {_CODINGS_SHOWN}, or none."
        raise BodyNotRead("content_coding", message, headers={"Accept-Encoding": _CODINGS_SHOWN})
    return codings[0]


def unpack_content(raw: bytes, coding: str, limit_bytes: int, hold: Callable[[int], None]) -> bytes:
    """Like ``unpack``, but raises BodyNotUnpacked for invalid or excessive data."""
    if not coding:
        return raw
    try:
        return unpack(raw, coding, limit_bytes, hold)
    except UnreadablePackingError:
        raise BodyNotUnpacked("content_coding", f"The body is not valid {coding}.") from None
    except PackedTooTightlyError:
        message = f"The body unpacks to more than {RATIO_LIMIT} times its length; send it without compression."
        raise BodyNotUnpacked("content_coding", message) from None


def hold_text(raw: bytes, account: Account) -> str:
    """The text of bytes held by ``account``. Raises UnreadableBodyError, and what ``take`` raises.

    Python stores every character as wide as the widest one: a single emoji makes a string four times as large.
    """
    text = decode_text(raw)
    account.take(max(0, sys.getsizeof(text) - len(raw)))
    return text
