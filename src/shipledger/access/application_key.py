"""The second key of a pair: an API key identifies the organization, an application key carries the rights."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import CredentialKind, Scope
from shipledger.access.issuing import DEFAULT_SCOPES, IssuedCredential
from shipledger.ledger.identity import derive_id


def application_key_id(credential_id: str) -> str:
    """The id of the application key that belongs to an API key: revoking one revokes both."""
    return derive_id(credential_id, 0, "application key")


def issue_application_key(credential: Credential, scopes: frozenset[Scope]) -> IssuedCredential:
    """The application key for an API key, with ``scopes`` or, if empty, all. Nothing is stored."""
    secret = new_secret()
    kind = CredentialKind.DATADOG_APPLICATION
    application = replace(
        credential,
        credential_id=application_key_id(credential.credential_id),
        kind=kind,
        secret_hash=hash_secret(secret),
        scopes=scopes or DEFAULT_SCOPES[kind],
    )
    return IssuedCredential(credential=application, secret=secret)
