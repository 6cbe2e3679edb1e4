"""From a request to the text of its body, which counts as what it takes in memory."""

from __future__ import annotations

import sys

from starlette.requests import Request

from shipledger.http.body import read_body
from shipledger.http.budget import Account, account_of
from shipledger.protocols.wire_json import decode_text


async def read_body_text(request: Request, limit_bytes: int) -> str:
    """The body as text, as sent. Raises what ``read_body`` does, and UnreadableJsonError when it is not UTF-8."""
    raw = await read_body(request, limit_bytes)
    return hold_text(raw, account_of(request))


def hold_text(raw: bytes, account: Account) -> str:
    """The text of bytes that ``account`` holds. Raises UnreadableJsonError, and what ``take`` does.

    Python gives each character as many bytes as the widest needs: one emoji makes a text four times as large as what was sent.
    """
    text = decode_text(raw)
    account.take(max(0, sys.getsizeof(text) - len(raw)))
    return text
