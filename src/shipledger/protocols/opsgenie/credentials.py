"""The key of this API."""

from __future__ import annotations

from shipledger.protocols.declaration import CredentialKind, keep_secret

API_KEY = "opsgenie"
KINDS = (CredentialKind(name=API_KEY, keep=keep_secret("api_key")),)
