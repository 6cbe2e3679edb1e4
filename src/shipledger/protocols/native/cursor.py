"""Where the next page of a list begins: after the start and id of the last record that was shown. Pure.

What is recorded meanwhile moves nothing, as a place is a time and an id and not a number of rows. A cursor belongs to its
filters.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

import msgspec

from shipledger.protocols.native.parameters import Parameters

NAME = "cursor"
LIMIT = "limit"
FORMAT = "format"
LENGTH_LIMIT = 2_048
_NOT_FILTERS = (NAME, LIMIT, FORMAT)
_DIGEST_BYTES = 6
_NO_CURSOR = "should be a next_cursor of this list"
_OF_OTHER_FILTERS = "belongs to other filters; send those that it was given for"

Place = tuple[int, str]
"""The start in microseconds, and the id."""

_decode = msgspec.json.Decoder(tuple[int, str, str]).decode


def write_cursor(place: Place, filters: Iterable[tuple[str, str]]) -> str:
    """The cursor after a place, in a list with these filters."""
    said = msgspec.json.encode((*place, _digest(filters)))
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def read_cursor(parameters: Parameters) -> Place | None:
    """The place that the cursor says; None without one. What is wrong is noted."""
    text = parameters.text(NAME, limit=LENGTH_LIMIT)
    if not text or NAME in parameters.faults:
        return None
    try:
        started_us, record_id, digest = _decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        parameters.faults[NAME] = _NO_CURSOR
        return None
    if digest != _digest(parameters.items()):
        parameters.faults[NAME] = _OF_OTHER_FILTERS
    elif not -(2**63) <= started_us < 2**63 or "\0" in record_id:
        parameters.faults[NAME] = _NO_CURSOR
    return started_us, record_id


def _digest(filters: Iterable[tuple[str, str]]) -> str:
    said = [(name, value) for name, value in filters if name not in _NOT_FILTERS]
    return hashlib.blake2b(msgspec.json.encode(sorted(said)), digest_size=_DIGEST_BYTES).hexdigest()
