"""Links that open an account once: the first one of all, and one that sets the password of a person."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import urlencode

from msgspec import Struct

from shipledger.access.tokens import TokenKeys

WELCOME_PATH = "/welcome"
LIFETIME = timedelta(days=3)
"""How long a link opens that sets a password."""

_FIRST = b"shipledger first account"


class Link(Struct, frozen=True):
    """A link as it is kept. It sets the password of a person, and leads to an organization."""

    link_hash: bytes
    organization_id: str
    person_id: str
    made_at: datetime
    used_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and now < self.made_at + LIFETIME


def first_secrets(keys: TokenKeys) -> tuple[str, ...]:
    """The secrets of the link that creates the first account, the current key's first. Every node knows the keys.

    It opens until there is somebody, and never again.
    """
    digests = (hmac.digest(key, _FIRST, hashlib.sha256) for key in (keys.current, keys.previous) if key is not None)
    return tuple(base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests)


def link_path(secret: str, organization: str = "") -> str:
    """The path at which a link opens. It names the organization that it leads to by its slug, for who reads it."""
    named = {"organization": organization} if organization else {}
    return f"{WELCOME_PATH}?{urlencode({**named, 'link': secret})}"
