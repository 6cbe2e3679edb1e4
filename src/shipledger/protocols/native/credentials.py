"""The token of this API."""

from __future__ import annotations

from shipledger.access.grant import NATIVE
from shipledger.protocols.declaration import CredentialKind, keep_secret

KINDS = (CredentialKind(name=NATIVE, keep=keep_secret("token")),)
