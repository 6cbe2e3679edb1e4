"""Identifiers of the ledger: UUIDv7 (RFC 9562), ordered by creation time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = (1 << 62) - 1
_UUID_LENGTH = len("00000000-0000-0000-0000-000000000000")
_UUID_CHARACTERS = frozenset("0123456789abcdefABCDEF-")
_UUID_HYPHENS = 4
_TIME_CHARACTERS = len("00000000-0000-7000")


def new_id(moment: datetime, randomness: bytes) -> str:
    """A UUIDv7 of ``moment`` (1970 to 10889), its 12 middle bits the fraction of the millisecond (RFC 9562, 6.2 method 3).

    Ids of different microseconds sort as their times do. ``randomness`` needs 8 bytes.
    """
    milliseconds, rest = divmod(moment - _EPOCH, _MILLISECOND)
    fraction = rest.microseconds * 4096 // 1000
    tail = int.from_bytes(randomness[:8], "big") & _RANDOM_BITS
    return _write((milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail)


def order_of(made_id: str) -> int:
    """The time in an id of ``new_id``, in microseconds since 1970. Raises ValueError if it is not a UUID."""
    number = int(made_id.replace("-", ""), 16)
    milliseconds, fraction = number >> 80, (number >> 64) & 0xFFF
    return milliseconds * 1000 - (-fraction * 1000 // 4096)


def moment_of(made_id: str) -> datetime:
    """The same as a time."""
    return _EPOCH + timedelta(microseconds=order_of(made_id))


def derive_id(receipt_id: str, item: int, purpose: str) -> str:
    """The id of what item ``item`` of a receipt creates: deterministic, with the receipt's time.

    Interpreting a receipt again, for example after a crash, must give the same ids.
    """
    parent = int(receipt_id.replace("-", ""), 16)
    digest = hashlib.blake2b(f"{receipt_id}/{item}/{purpose}".encode(), digest_size=8).digest()
    tail = int.from_bytes(digest, "big") & _RANDOM_BITS
    return _write((parent >> 64 << 64) | (0b10 << 62) | tail)


def receipt_part(derived_id: str) -> str:
    """What an id of ``derive_id`` has in common with that of its receipt: its time."""
    return derived_id[:_TIME_CHARACTERS]


def _write(number: int) -> str:
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def bare_uuid(text: str) -> str:
    """A UUID without braces and in lower case; any other text unchanged."""
    bare = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    return bare.lower() if is_uuid(bare) else text


def is_uuid(text: str) -> bool:
    """Whether ``text`` is a UUID without braces, in any case."""
    if len(text) != _UUID_LENGTH or not text[8] == text[13] == text[18] == text[23] == "-":
        return False
    return text.count("-") == _UUID_HYPHENS and _UUID_CHARACTERS.issuperset(text)
