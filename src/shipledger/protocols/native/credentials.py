"""The token of this API."""

from __future__ import annotations

from shipledger.access.grant import NATIVE, Scope
from shipledger.protocols.declaration import CredentialKind, keep_secret

APPROVE = "approve"
"""The right to decide at gates: who deploys should not have it."""

KINDS = (CredentialKind(name=NATIVE, keep=keep_secret("token"), scopes=frozenset({*Scope, APPROVE})),)
