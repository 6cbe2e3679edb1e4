"""The key of this API."""

from __future__ import annotations

from shipledger.protocols.declaration import CredentialKind, keep_secret
from shipledger.protocols.opsgenie.snippets import list_snippets

API_KEY = "opsgenie"
KINDS = (CredentialKind(name=API_KEY, keep=keep_secret("api_key"), title="The APIs of Opsgenie", list_snippets=list_snippets),)
