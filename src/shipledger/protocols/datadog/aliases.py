"""Aliases made of what a report says. Pure."""

from __future__ import annotations

import hashlib

import msgspec

from shipledger.ledger.submission import Alias

DIGEST_BYTES = 20


def digest_alias(scope: str, *said: object) -> Alias:
    """The alias of what was said, in a length that does not grow with it."""
    return Alias(scope=scope, key=hashlib.blake2b(msgspec.json.encode(said), digest_size=DIGEST_BYTES).hexdigest())
