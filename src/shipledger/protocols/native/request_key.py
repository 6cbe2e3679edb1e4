"""``Idempotency-Key``: a request that is sent again has one effect and one answer.

What a key was used for is kept as names of what its request recorded, so it lasts as long as that, on every node. A key
belongs to its credential and operation. The receipt keeps digests alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct
from starlette.requests import Request

from shipledger.access.grant import Grant
from shipledger.errors import Invalid
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
LENGTH_LIMIT = 255
KEY_SCOPE = "native:key"
REQUEST_SCOPE = "native:request"

KEY_PARAMETER = "key"
BODY_PARAMETER = "key_body"

USED_OTHERWISE = "was used with another body; a new request needs a new key"
_TOO_LONG = f"should have 1 to {LENGTH_LIMIT} visible ASCII characters"
_DIGEST_BYTES = 20


class RequestKey(Struct, frozen=True):
    """The key of a request, and the body that it came with, as digests."""

    key: str
    body: str

    @property
    def alias(self) -> Alias:
        """The name by which what was recorded with the key is found."""
        return Alias(scope=KEY_SCOPE, key=self.key)

    @property
    def parameters(self) -> dict[str, str]:
        """What a receipt keeps of it."""
        return {KEY_PARAMETER: self.key, BODY_PARAMETER: self.body}


def read_key(request: Request, grant: Grant, operation: str, body: str) -> RequestKey | None:
    """The key of a request with this body, as it is kept; None without one. Raises Invalid."""
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    text = sent.strip()
    if not 0 < len(text) <= LENGTH_LIMIT or not (text.isascii() and text.isprintable()):
        raise Invalid("idempotency_key", "The key is not valid.", fields={HEADER: _TOO_LONG})
    return RequestKey(key=_digest(grant.credential_id, operation, text), body=_digest(body))


def key_names(receipt: Receipt) -> tuple[Alias, ...]:
    """The names that the key of a receipt gives to what it records; none without a key."""
    key = receipt.parameters.get(KEY_PARAMETER)
    if key is None:
        return ()
    said = f"{key}/{receipt.parameters.get(BODY_PARAMETER, '')}/{receipt.receipt_id}"
    return Alias(scope=KEY_SCOPE, key=key), Alias(scope=REQUEST_SCOPE, key=said)


def key_identities(receipt: Receipt, item: int) -> tuple[Alias, ...]:
    """By what a repeat is recognized that has nothing but the key of its request; nothing without a key."""
    key = receipt.parameters.get(KEY_PARAMETER)
    return () if key is None else (Alias(scope=KEY_SCOPE, key=f"{key}/{item}"),)


def find_answered(key: RequestKey, names: Sequence[Alias]) -> str | None:
    """The id of the receipt that used ``key`` first, by the names of what it recorded; None when it is not among them.

    Raises Invalid when that had another body.
    """
    said = [one.key.split("/") for one in names if one.scope == REQUEST_SCOPE and one.key.startswith(f"{key.key}/")]
    if not said:
        return None
    _, body, receipt_id = min(said, key=lambda parts: parts[2])
    if body != key.body:
        raise Invalid("idempotency_key", "The key was used before.", fields={HEADER: USED_OTHERWISE})
    return receipt_id


class Turns:
    """Lets requests with one key pass one after another: the second finds what the first recorded."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, key: RequestKey | None) -> AsyncIterator[None]:
        """Wait for earlier requests with ``key``; None waits for nobody."""
        if key is None:
            yield
            return
        lock = self._locks.get(key.key) or self._locks.setdefault(key.key, asyncio.Lock())
        async with lock:
            yield


def _digest(*said: str) -> str:
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=_DIGEST_BYTES).hexdigest()
