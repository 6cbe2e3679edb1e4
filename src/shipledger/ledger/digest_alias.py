"""Names made of what is said. Pure."""

from __future__ import annotations

import hashlib

import msgspec

from shipledger.ledger.submission import Alias

_BYTES = 20


def digest_alias(scope: str, *said: object) -> Alias:
    """The name of whatever is said so, in a length that does not grow with it. It is stored: a release must not change it."""
    return Alias(scope=scope, key=hashlib.blake2b(msgspec.json.encode(said), digest_size=_BYTES).hexdigest())
