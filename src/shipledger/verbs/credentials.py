"""Who presents what, and how often he may."""

from __future__ import annotations

from typing import Protocol

from shipledger.access.grant import Grant
from shipledger.access.limits import Throttle
from shipledger.access.signing_app import AppSecret


class CredentialVerbs(Protocol):
    """Who presents what, and how often he may."""

    async def authenticate(self, secret: str) -> Grant | None:
        """The grant of the live credential with this secret, or None. The caller checks ``grant.kind``."""

    async def authenticate_token(self, token: str) -> Grant | None:
        """The grant of the live credential of one of our tokens, or None. The caller checks the kind."""

    async def issue_access_token(self, kind: str, credential_id: str, secret: str) -> str | None:
        """A new access token for the live credential with this kind, id and secret, or None."""

    async def authenticate_access_token(self, token: str) -> Grant | None:
        """The grant of the live credential of an access token, or None."""

    async def list_app_secrets(self, app_key: str) -> list[AppSecret]:
        """The live installations of an app, in any organization, with their secrets."""

    async def find_public_key(self, key_name: str) -> str | None:
        """The public key, in PEM, with this id, or None."""

    async def find_organization_id(self, slug: str) -> str | None:
        """The id of the organization with this slug, or None."""

    def throttle(self, grant: Grant) -> Throttle:
        """Count one request of the credential."""

    async def save_sign_of_life(self, grant: Grant) -> None:
        """Record that a client of this credential was seen."""
