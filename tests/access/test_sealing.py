"""Secrets that must be read back are kept encrypted."""

from __future__ import annotations

import pytest

from shipledger.access.sealing import Seal
from shipledger.errors import Unavailable

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_sealed_secret_is_read_back_and_cannot_be_seen():
    seal = Seal(lambda: (NEW,))
    sealed = seal.seal("s3cret")
    assert b"s3cret" not in sealed
    assert seal.read(sealed) == "s3cret"


def test_what_an_earlier_key_sealed_is_read_while_that_key_is_given():
    sealed = Seal(lambda: (OLD,)).seal("s3cret")
    assert Seal(lambda: (NEW, OLD)).read(sealed) == "s3cret"


def test_a_secret_under_a_lost_key_makes_the_call_unavailable():
    sealed = Seal(lambda: (OLD,)).seal("s3cret")
    with pytest.raises(Unavailable):
        Seal(lambda: (NEW,)).read(sealed)


def test_no_key_is_asked_for_before_it_is_needed():
    Seal(lambda: pytest.fail("asked for a key"))


def test_what_another_release_sealed_is_read():
    sealed = b"gAAAAABrDRTfMiLQExvyFXeL282nskBbAdY0Ekg_m3vW09-rT_wtt517vKmttpFSC-GYS0L5qcDPaD4fsEEkXwPDz5xyG4hvRA=="
    assert Seal(lambda: (OLD,)).read(sealed) == "s3cret"
