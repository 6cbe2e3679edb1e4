"""Unpack a body that was sent compressed, never further than its own length allows. Pure."""

from __future__ import annotations

import zlib

from shipledger.http.body import BodyTooLarge

RATIO_LIMIT = 100
"""How many times its own length a body may unpack to. JSON shrinks to a tenth, and a list of equal items to a fiftieth."""

FREE_BYTES = 64 * 1024
"""What any body may unpack to: of so little the ratio says nothing."""

_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""Clients call two forms deflate: the one with the header of zlib, and the one without."""

CODINGS = frozenset(_WINDOW_BITS)
"""The content codings that are read."""


class UnreadablePackingError(Exception):
    """The body is not what its coding says."""


class PackedTooTightlyError(Exception):
    """The body unpacks to more than ``RATIO_LIMIT`` times its length."""


def unpack(raw: bytes, coding: str, limit_bytes: int) -> bytes:
    """The content of a body in one of ``CODINGS``.

    Raises BodyTooLarge beyond ``limit_bytes``, PackedTooTightlyError and UnreadablePackingError.
    """
    by_ratio = max(FREE_BYTES, RATIO_LIMIT * len(raw))
    most = min(limit_bytes, by_ratio)
    for window_bits in _WINDOW_BITS[coding]:
        decompressor = zlib.decompressobj(window_bits)
        try:
            content = decompressor.decompress(raw, most + 1)
        except zlib.error:
            continue
        if len(content) > most:
            raise BodyTooLarge(limit_bytes) if most == limit_bytes else PackedTooTightlyError
        if decompressor.eof:
            return content
    raise UnreadablePackingError
