"""Decompress a body, limited by its compressed length."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from shipledger.http.body import BodyTooLarge

RATIO_LIMIT = 100
"""Maximum compression ratio. JSON shrinks to a tenth, and a list of equal items to a fiftieth."""

PIECE_BYTES = 64 * 1024
"""Bytes decompressed at once, and counted before continuing."""

FREE_BYTES = 64 * 1024
"""The size that any body may decompress to: the ratio is meaningless for small bodies."""

_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""Clients use "deflate" for both raw and zlib-wrapped data."""

CODINGS = frozenset(_WINDOW_BITS)
"""The supported content encodings."""


class UnreadablePackingError(Exception):
    """The body does not match its encoding."""


class PackedTooTightlyError(Exception):
    """The body decompresses to more than ``RATIO_LIMIT`` times its length."""


def unpack(raw: bytes, coding: str, limit_bytes: int, hold: Callable[[int], None]) -> bytes:
    """The contents of a body in one of ``CODINGS``. ``hold`` is called for each piece, and may raise if there is no room.

    Raises BodyTooLarge beyond ``limit_bytes``, PackedTooTightlyError and UnreadablePackingError.
    """
    by_ratio = max(FREE_BYTES, RATIO_LIMIT * len(raw))
    most = min(limit_bytes, by_ratio)
    for window_bits in _WINDOW_BITS[coding]:
        try:
            content = _unpack(raw, window_bits, most, hold)
        except zlib.error:
            continue
        if content is None:
            raise BodyTooLarge(limit_bytes) if most == limit_bytes else PackedTooTightlyError
        return content
    raise UnreadablePackingError


def _unpack(raw: bytes, window_bits: int, most: int, hold: Callable[[int], None]) -> bytes | None:
    """The contents, or None if larger than ``most``. Raises zlib.error."""
    pieces: list[bytes] = []
    size = 0
    for piece in _read_pieces(raw, window_bits):
        size += len(piece)
        if size > most:
            return None
        hold(len(piece))
        pieces.append(piece)
    return b"".join(pieces)


def _read_pieces(raw: bytes, window_bits: int) -> Iterator[bytes]:
    """The contents in pieces. Raises zlib.error if invalid or truncated."""
    decompressor = zlib.decompressobj(window_bits)
    for start in range(0, len(raw), PIECE_BYTES):
        rest, is_more = raw[start : start + PIECE_BYTES], True
        while is_more and not decompressor.eof:
            piece = decompressor.decompress(rest, PIECE_BYTES)
            yield piece
            rest = decompressor.unconsumed_tail
            is_more = bool(rest) or len(piece) == PIECE_BYTES
    if not decompressor.eof:
        raise zlib.error
