"""Identifiers that the ledger makes: UUIDv7 (RFC 9562), ordered by the time they were made."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = (1 << 62) - 1
_UUID_LENGTHS = (36, 38)
_UUID = re.compile(r"(\{)?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})(?(1)\})")


def new_id(moment: datetime, randomness: bytes) -> str:
    """A UUIDv7 of ``moment`` (1970 to 10889), its 12 middle bits the fraction of the millisecond (RFC 9562, 6.2 method 3).

    Ids of different microseconds sort as their times do. ``randomness`` needs 8 bytes.
    """
    milliseconds, rest = divmod(moment - _EPOCH, _MILLISECOND)
    fraction = rest.microseconds * 4096 // 1000
    tail = int.from_bytes(randomness[:8], "big") & _RANDOM_BITS
    return str(uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail))


def derive_id(receipt_id: str, item: int, purpose: str) -> str:
    """The id of what item ``item`` of a receipt creates: always the same for one receipt, and as old as it.

    Interpreting a receipt again, after a crash or for a rebuild, must give the same ids.
    """
    parent = uuid.UUID(receipt_id).int
    digest = hashlib.blake2b(f"{receipt_id}/{item}/{purpose}".encode(), digest_size=8).digest()
    tail = int.from_bytes(digest, "big") & _RANDOM_BITS
    return str(uuid.UUID(int=(parent >> 64 << 64) | (0b10 << 62) | tail))


def bare_uuid(text: str) -> str:
    """A UUID without braces and in lower case; any other text unchanged."""
    if len(text) not in _UUID_LENGTHS:
        return text
    match = _UUID.fullmatch(text)
    return match.group(2).lower() if match else text
