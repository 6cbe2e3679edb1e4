"""From a JWT to the grant of its credential."""

from __future__ import annotations

from typing import Protocol

import structlog

from shipledger.access.credential import Credential
from shipledger.access.grant import Grant
from shipledger.access.tokens import Claims, TokenKeys, TokenRefused, read_token
from shipledger.access.trace import note_sender
from shipledger.clock import Clock

log = structlog.get_logger(__name__)


class CredentialById(Protocol):
    """The part of the store that this needs."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential, revoked or not, with this id, or None."""


class TokenAuthenticator:
    """Looks up the credential on every call, so that revoking it works at once."""

    def __init__(self, credentials: CredentialById, keys: TokenKeys, clock: Clock) -> None:
        self._credentials = credentials
        self._keys = keys
        self._clock = clock

    async def authenticate(self, token: str) -> Grant | None:
        """The grant of the live credential of a valid token, or None. Raises Unavailable if its store does."""
        if not token:
            return None
        try:
            claims = read_token(self._keys, token, self._clock.now())
        except TokenRefused as error:
            log.info("A token was refused.", reason=str(error))
            if error.holder is not None:
                await self._find_holder(error.holder)
            return None
        credential = await self._find_holder(claims)
        if credential is None or credential.revoked_at is not None:
            log.info("A token was refused.", reason="its credential is unknown or revoked", credential_id=claims.credential_id)
            return None
        return credential.to_grant()

    async def _find_holder(self, claims: Claims) -> Credential | None:
        """The credential that a token of ours was made for, whatever that is still good for."""
        credential = await self._credentials.find_credential(claims.organization_id, claims.credential_id)
        if credential is not None:
            note_sender(credential.to_grant())
        return credential
