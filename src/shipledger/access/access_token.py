"""Access tokens, which clients get for their id and secret and use instead for 15 minutes."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import Grant
from shipledger.access.trace import note_sender
from shipledger.clock import JUMP, Clock

TOKEN_SECONDS = 900
LONGEST = timedelta(seconds=TOKEN_SECONDS) + JUMP
"""A token that would last longer was created while the clock was ahead. Nodes' times differ by much less than a minute."""


class AccessToken(Struct, frozen=True):
    """A stored token. ``token_hash`` is made like a credential's secret hash."""

    organization_id: str
    token_hash: bytes
    credential_id: str
    expires_at: datetime


class AccessTokenStore(Protocol):
    """The part of the store that tokens need."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash, or None."""

    async def save_access_token(self, token: AccessToken, *, now: datetime) -> None:
        """Add a token, and delete those of its credential that have expired or would last longer than LONGEST."""

    async def find_credential_by_token(self, token_hash: bytes, *, now: datetime) -> Credential | None:
        """The credential, revoked or not, of a token that has not expired and lasts no longer than LONGEST, or None."""


class AccessTokens:
    """Issues and resolves access tokens. They are stored, so they survive a restart and work on every node."""

    def __init__(self, store: AccessTokenStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def issue(self, kind: str, credential_id: str, secret: str) -> str | None:
        """A new token for the live credential with this kind, id and secret, or None."""
        secret_hash = hash_secret(secret)
        credential = await self._store.find_credential_by_hash(secret_hash)
        if credential is not None:
            note_sender(credential.to_grant())
        if credential is None or credential.kind != kind or credential.revoked_at is not None:
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
        if credential is None:
            return None
        note_sender(credential.to_grant())
        return credential.to_grant() if credential.revoked_at is None else None
