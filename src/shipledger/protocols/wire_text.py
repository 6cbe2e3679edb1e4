"""From a request to the text of its body: unpacked, and counted as what it takes in memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from starlette.requests import Request

from shipledger.errors import BodyNotRead, BodyNotUnpacked
from shipledger.http.body import read_body
from shipledger.http.budget import Account, account_of
from shipledger.http.unpacking import CODINGS, RATIO_LIMIT, PackedTooTightlyError, UnreadablePackingError, unpack
from shipledger.protocols.wire_json import decode_text

_SHOWN_LENGTH = 20
_CODINGS_SHOWN = "gzip, deflate"
_JSON_WANTED = "Request body should be JSON. Please send the header 'Content-Type: application/json'."


async def read_body_text(request: Request, limit_bytes: int) -> str:
    """The body as text, as sent. Raises what ``read_content`` does, and UnreadableJsonError when it is not UTF-8."""
    return hold_text(await read_content(request, limit_bytes), account_of(request))


async def read_json_text(request: Request, limit_bytes: int) -> str:
    """As ``read_body_text``. Raises BodyNotRead when the body is said to be something else than JSON.

    An empty one is said to be nothing: curl calls every body a form.
    """
    text = await read_body_text(request, limit_bytes)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if text and media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise BodyNotRead("media_type", _JSON_WANTED)
    return text


async def read_content(request: Request, limit_bytes: int) -> bytes:
    """The body without its content coding. Raises what ``read_body`` and ``find_coding`` do, and BodyNotUnpacked."""
    raw = await read_body(request, limit_bytes)
    coding = find_coding(request, raw)
    if not coding:
        return raw
    return await asyncio.to_thread(unpack_content, raw, coding, limit_bytes, account_of(request).take)


def find_coding(request: Request, raw: bytes) -> str:
    """The content coding of a body, empty for none. Raises BodyNotRead for one that is not read, and for several."""
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
    """As ``unpack``, but raises BodyNotUnpacked for what cannot be unpacked, or becomes too much."""
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
    """The text of bytes that ``account`` holds. Raises UnreadableJsonError, and what ``take`` does.

    Python gives each character as many bytes as the widest needs: one emoji makes a text four times as large as what was sent.
    """
    text = decode_text(raw)
    account.take(max(0, sys.getsizeof(text) - len(raw)))
    return text
