"""The call that carries a message."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class OutgoingCall(Struct, frozen=True):
    """A POST of JSON. ``proofs`` are values in the headers that an answer must not bring into the log, such as a token."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    proofs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without headers: representations end up in logs."""
        return f"OutgoingCall({self.url})"
