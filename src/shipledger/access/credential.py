"""Credentials of clients. The secret is shown once and stored only as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from msgspec import Struct

from shipledger.access.grant import Grant

SECRET_BYTES = 32


class Credential(Struct, frozen=True):
    """A stored credential. ``secret_hash`` is the SHA-256 of the secret's UTF-8 bytes.

    Secrets are 256 random bits, so a fast hash without salt is as hard to invert as a slow one.
    Limits are requests per period, 0 for none. ``time_form``: as in a grant. ``expires_at`` None: it does not expire by itself.
    """

    organization_id: str
    credential_id: str
    kind: str
    name: str
    secret_hash: bytes
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None = None
    requests_per_minute: int = 0
    requests_per_second: int = 0
    breaks_ties_by_arrival: bool = False
    time_form: str = ""
    expires_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def to_grant(self) -> Grant:
        """What this credential may do while it is not revoked."""
        return Grant(
            credential_id=self.credential_id,
            organization_id=self.organization_id,
            kind=self.kind,
            name=self.name,
            scopes=self.scopes,
            requests_per_minute=self.requests_per_minute,
            requests_per_second=self.requests_per_second,
            breaks_ties_by_arrival=self.breaks_ties_by_arrival,
            time_form=self.time_form,
        )


def new_secret() -> str:
    """A secret of 256 random bits, safe in headers and URLs."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """The stored hash of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
