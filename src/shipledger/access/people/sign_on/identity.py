"""Who somebody is at a provider. Pure."""

from __future__ import annotations

from msgspec import Struct


class Identity(Struct, frozen=True):
    """Somebody at a provider. ``subject`` never changes and names nobody else there; the rest may change.

    ``email`` is "" unless the provider says that it has verified it.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()
