"""Compressed bodies."""

from __future__ import annotations

import random
import zlib

import pytest

from shipledger.errors import Unavailable
from shipledger.http.body import BodyTooLarge
from shipledger.http.unpacking import FREE_BYTES, PIECE_BYTES, RATIO_LIMIT, PackedTooTightlyError, UnreadablePackingError, unpack

LIMIT = 10 * 1024 * 1024
BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def count(_: int) -> None:
    """Hold nothing."""


def packed(content: bytes, bits: int = 31) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, bits)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize("coding", BITS)
def test_a_body_is_unpacked(coding):
    assert unpack(packed(b"{}", BITS[coding]), coding, LIMIT, count) == b"{}"


def test_deflate_may_come_without_a_header():
    assert unpack(packed(b"{}", -15), "deflate", LIMIT, count) == b"{}"


def test_a_small_body_may_be_packed_as_tightly_as_it_can_be():
    assert unpack(packed(bytes(FREE_BYTES)), "gzip", LIMIT, count) == bytes(FREE_BYTES)


def test_a_bomb_is_refused_although_it_is_within_the_limit():
    bomb = packed(bytes(LIMIT))
    assert len(bomb) * RATIO_LIMIT < LIMIT
    with pytest.raises(PackedTooTightlyError):
        unpack(bomb, "gzip", LIMIT, count)


def test_what_is_larger_than_the_limit_is_too_large_however_it_is_packed():
    with pytest.raises(BodyTooLarge):
        unpack(packed(bytes(1_000)), "gzip", 999, count)


@pytest.mark.parametrize("raw", [b"", b"{}", packed(b"{}")[:-1], packed(b"{}", 15)])
def test_what_is_not_whole_or_something_else_is_unreadable(raw):
    with pytest.raises(UnreadablePackingError):
        unpack(raw, "gzip", LIMIT, count)


def test_every_piece_is_told_before_the_next_is_unpacked():
    content = random.Random(1).randbytes(300_000)
    told: list[int] = []
    assert unpack(packed(content), "gzip", LIMIT, told.append) == content
    assert sum(told) == len(content)
    assert max(told) <= PIECE_BYTES


def test_unpacking_ends_where_there_is_no_room():
    def hold(size: int) -> None:
        raise Unavailable("full", "There is no room.")

    with pytest.raises(Unavailable):
        unpack(packed(b"{}"), "gzip", LIMIT, hold)
