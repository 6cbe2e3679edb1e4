"""Create a credential with its secret, which is only available at this moment."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.access.credential import Credential, hash_secret, new_secret
from shipledger.access.grant import Scope
from shipledger.access.issuance.model import ReportIssued
from shipledger.errors import Invalid
from shipledger.ledger.identity import new_id

NAME_LENGTH_LIMIT = 200


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
    kind: str,
    name: str,
    now: datetime,
    randomness: bytes,
    scopes: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> IssuedCredential:
    """A credential with a new secret; without scopes, it gets all of ours: restrictions are opt-in. Nothing is stored.

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
        scopes=scopes or frozenset(Scope),
        created_at=now,
        requests_per_minute=limits.requests_per_minute,
        requests_per_second=limits.requests_per_second,
    )
    return IssuedCredential(credential=credential, secret=secret)


def report_issued(credential: Credential, *, successor_of: str = "") -> ReportIssued:
    """What is recorded of a new credential."""
    return ReportIssued(
        credential_id=credential.credential_id,
        credential_kind=credential.kind,
        name=credential.name,
        scopes=tuple(sorted(credential.scopes)),
        expires_at=credential.expires_at,
        successor_of=successor_of,
    )
