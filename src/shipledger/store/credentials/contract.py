"""Credentials in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.access.credential import Credential
from shipledger.found import Found


class CredentialStore(Protocol):
    """Credentials. Secrets never come here, only their hashes."""

    async def create_credential(self, credential: Credential, *others: Credential) -> None:
        """Add a credential, or several that belong together. Raises Conflict if an id or a hash is taken."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash, or None. Not bound to an organization."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential, revoked or not, with this id, or None."""

    async def list_credentials(self, organization_id: str) -> Found[Credential]:
        """All credentials of an organization, newest first."""

    async def list_personal_tokens(self, person_id: str) -> Found[Credential]:
        """All tokens of a person, in whatever organization, revoked and expired ones too, newest first."""

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """Revoke a live credential; False if there is none with this id."""

    async def save_sign_of_life(self, organization_id: str, credential_id: str, *, now: datetime) -> None:
        """Record that a client of a live credential was seen at ``now``, unless it was seen later."""

    async def list_signs_of_life(self, organization_id: str) -> dict[str, datetime]:
        """When each credential's client was last seen; those never seen are left out."""
