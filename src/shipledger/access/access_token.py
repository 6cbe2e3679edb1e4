"""Access tokens: what a client gets for its id and secret, to show in their place for a quarter of an hour."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import CredentialKind, Grant
from shipledger.clock import JUMP, Clock

TOKEN_SECONDS = 900
LONGEST = timedelta(seconds=TOKEN_SECONDS) + JUMP
"""A token that would last longer was made while the clock was ahead. Nodes agree about the time by much less than a minute."""


class AccessToken(Struct, frozen=True):
    """A token as it is kept. ``token_hash`` is made as that of a credential's secret."""

    organization_id: str
    token_hash: bytes
    credential_id: str
    expires_at: datetime


class AccessTokenStore(Protocol):
    """The part of the store that tokens need."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash; None when there is none."""

    async def save_access_token(self, token: AccessToken, *, now: datetime) -> None:
        """Add a token, and forget those of its credential that have expired, or would last longer than LONGEST."""

    async def find_credential_by_token(self, token_hash: bytes, *, now: datetime) -> Credential | None:
        """The credential, revoked or not, of a token that has not expired and lasts no longer than LONGEST, or None."""


class AccessTokens:
    """Hands out access tokens and says whose they are. They are kept, so they outlive a restart and are good on every node."""

    def __init__(self, store: AccessTokenStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def issue(self, kind: CredentialKind, credential_id: str, secret: str) -> str | None:
        """A new token for the live credential of this kind, id and secret; None when there is none."""
        secret_hash = hash_secret(secret)
        credential = await self._store.find_credential_by_hash(secret_hash)
        if credential is None or credential.kind is not kind or credential.revoked_at is not None:
            return None
        is_same = hmac.compare_digest(credential.credential_id.encode(), credential_id.lower().encode("utf-8", "replace"))
        if not is_same or not hmac.compare_digest(credential.secret_hash, secret_hash):
            return None
        token, now = new_secret(), self._clock.now()
        kept = AccessToken(
            organization_id=credential.organization_id,
            token_hash=hash_secret(token),
            credential_id=credential.credential_id,
            expires_at=now + timedelta(seconds=TOKEN_SECONDS),
        )
        await self._store.save_access_token(kept, now=now)
        return token

    async def authenticate(self, token: str) -> Grant | None:
        """The grant of the live credential behind a token that has not expired, or None."""
        credential = await self._store.find_credential_by_token(hash_secret(token), now=self._clock.now())
        return None if credential is None or credential.revoked_at is not None else credential.to_grant()
