"""What the store keeps of those who may come in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shipledger.access.credential import Credential
from shipledger.found import Found


class CredentialStore(Protocol):
    """Credentials. Secrets never come here, only their hashes."""

    async def create_credential(self, credential: Credential, *others: Credential) -> None:
        """Add a credential, or several that belong together. Raises Conflict when an id or a hash is taken."""

    async def find_credential_by_hash(self, secret_hash: bytes) -> Credential | None:
        """The credential, revoked or not, with this hash; None when there is none. Not bound to an organization."""

    async def find_credential(self, organization_id: str, credential_id: str) -> Credential | None:
        """The credential, revoked or not, with this id; None when there is none."""

    async def list_credentials(self, organization_id: str) -> Found[Credential]:
        """All credentials of an organization, newest first."""

    async def revoke_credential(self, organization_id: str, credential_id: str, *, now: datetime) -> bool:
        """Revoke a live credential; False when there is none with this id."""

    async def save_sign_of_life(self, organization_id: str, credential_id: str, *, now: datetime) -> None:
        """Note that a client of a live credential was there at ``now``, unless it was there later."""

    async def list_signs_of_life(self, organization_id: str) -> dict[str, datetime]:
        """When the clients of credentials were last there, by credential; those that never said so are left out."""
