"""Create a credential with its secret, which is only available at this moment."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import CredentialKind, Scope
from shipledger.errors import Invalid
from shipledger.ledger.identity import new_id

NAME_LENGTH_LIMIT = 200

DEFAULT_SCOPES: dict[CredentialKind, frozenset[Scope]] = {
    CredentialKind.OPSGENIE: frozenset(Scope),
    CredentialKind.NATIVE: frozenset(Scope),
    CredentialKind.IFTRUE: frozenset(Scope),
    CredentialKind.DATADOG: frozenset(Scope),
    CredentialKind.DATADOG_APPLICATION: frozenset(Scope),
    CredentialKind.JIRA_OAUTH: frozenset(Scope),
    CredentialKind.JIRA_CONNECT: frozenset(Scope),
    CredentialKind.JENKINS: frozenset(Scope),
}
"""Default rights: with the vendor, restrictions are opt-in."""


class Limits(Struct, frozen=True):
    """Requests that a credential may make; 0 for no limit."""

    requests_per_minute: int = 0
    requests_per_second: int = 0


class IssuedCredential(Struct, frozen=True):
    """A new credential, to be stored, and its secret, to be shown once."""

    credential: Credential
    secret: str

    def __repr__(self) -> str:
        """Without the secret: representations end up in logs."""
        return f"IssuedCredential({self.credential.credential_id})"


def issue_credential(
    *,
    organization_id: str,
    kind: CredentialKind,
    name: str,
    now: datetime,
    randomness: bytes,
    scopes: frozenset[Scope] = frozenset(),
    limits: Limits | None = None,
    breaks_ties_by_arrival: bool = False,
) -> IssuedCredential:
    """A credential with a new secret; without scopes, it gets those of its kind. Nothing is stored.

    Raises Invalid if the name is empty or too long, or a limit is negative.
    """
    limits = limits or Limits()
    cleaned = name.strip()
    if not 0 < len(cleaned) <= NAME_LENGTH_LIMIT:
        raise Invalid("credential_name", f"The name of a credential must have 1 to {NAME_LENGTH_LIMIT} characters.")
    if min(limits.requests_per_minute, limits.requests_per_second) < 0:
        raise Invalid("credential_limits", "A limit must be a number of requests, or 0 for no limit.")
    secret = new_secret()
    credential = Credential(
        organization_id=organization_id,
        credential_id=new_id(now, randomness),
        kind=kind,
        name=cleaned,
        secret_hash=hash_secret(secret),
        scopes=scopes or DEFAULT_SCOPES[kind],
        created_at=now,
        requests_per_minute=limits.requests_per_minute,
        requests_per_second=limits.requests_per_second,
        breaks_ties_by_arrival=breaks_ties_by_arrival,
    )
    return IssuedCredential(credential=credential, secret=secret)
