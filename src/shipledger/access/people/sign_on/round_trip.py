"""What is kept while somebody is at the provider: in the browser, encrypted, so that no node has to remember it."""

from __future__ import annotations

import secrets

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from shipledger.access.sealing import Seal
from shipledger.errors import Unavailable

LASTS_SECONDS = 600
"""How long somebody may take at the provider."""

SEALED_LIMIT = 4_000
"""Browsers keep cookies of 4,096 bytes."""


class RoundTrip(Struct, frozen=True):
    """One way to the provider and back. ``began_at``: seconds since 1970. ``following``: the path to go on to."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    following: str
    began_at: int

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (RFC 7636, 4.2)."""
        challenge: str = create_s256_code_challenge(self.verifier)  # type: ignore[no-untyped-call]
        return challenge


def begin(*, redirect_uri: str, following: str, now: int) -> RoundTrip:
    """A new one, whose secrets nobody can guess."""
    return RoundTrip(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        following=following,
        began_at=now,
    )


def seal(trip: RoundTrip, box: Seal) -> str:
    """What the browser keeps. A path that is too long for a cookie is left out."""
    sealed = box.seal(msgspec.json.encode(trip).decode()).decode()
    if len(sealed) > SEALED_LIMIT:
        return seal(msgspec.structs.replace(trip, following="/"), box)
    return sealed


def unseal(sealed: str, box: Seal, *, now: int) -> RoundTrip | None:
    """What the browser kept; None for what is none of ours, or too old."""
    try:
        trip = msgspec.json.decode(box.read(sealed.encode("ascii")), type=RoundTrip)
    except (UnicodeError, Unavailable, msgspec.DecodeError):
        return None
    return trip if 0 <= now - trip.began_at < LASTS_SECONDS else None
