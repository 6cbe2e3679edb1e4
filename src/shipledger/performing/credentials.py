"""Who presents what, and how often he may."""

from __future__ import annotations

from shipledger.access.grant import Grant
from shipledger.access.limits import Throttle
from shipledger.access.people.tokens import is_personal
from shipledger.access.signing_app import AppSecret
from shipledger.access.signing_key import split_key_name
from shipledger.performing.performer import Performer


class CredentialPerformer(Performer):
    """See ``verbs.credentials.CredentialVerbs``."""

    async def authenticate(self, secret: str) -> Grant | None:
        """The grant of a live credential of any kind, or None."""
        if is_personal(secret):
            return await self._parts.personal_tokens.authenticate(secret)
        return await self._parts.authenticator.authenticate(secret)

    async def authenticate_token(self, token: str) -> Grant | None:
        """The grant of the live credential that a token of this installation names, or None."""
        return await self._parts.tokens.authenticate(token)

    async def issue_access_token(self, kind: str, credential_id: str, secret: str) -> str | None:
        """A new access token, or None."""
        return await self._parts.access_tokens.issue(kind, credential_id, secret)

    async def authenticate_access_token(self, token: str) -> Grant | None:
        """The grant of the live credential that got this access token, or None."""
        return await self._parts.access_tokens.authenticate(token)

    async def list_app_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app with their secrets."""
        return await self._parts.apps.list_secrets(app_key)

    async def find_public_key(self, key_name: str) -> str | None:
        """The public key that a signature of ours names, or None."""
        key = await self._parts.store.find_signing_key(*split_key_name(key_name))
        return None if key is None else key.public_key

    async def find_organization_id(self, slug: str) -> str | None:
        """The id of the organization with this slug, or None."""
        found = await self._parts.store.find_organization(slug)
        return None if found is None else found.organization_id

    def throttle(self, grant: Grant) -> Throttle:
        """Count one request of the credential."""
        return self._parts.limiter.throttle(grant)

    async def save_sign_of_life(self, grant: Grant) -> None:
        """Record that a client of this credential was seen."""
        await self._parts.store.save_sign_of_life(grant.organization_id, grant.credential_id, now=self._parts.clock.now())
