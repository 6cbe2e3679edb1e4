"""Rows of apps and of the keys that calls to them are signed with, to Structs and back."""

from __future__ import annotations

from typing import Any

import msgspec

from shipledger.access.credential import Credential
from shipledger.access.signing_app import AppLinks, SigningApp
from shipledger.access.signing_key import SigningKey
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.store import rows
from shipledger.store.row_reading import reads

_APP_COLUMNS = 8
_decode_links = msgspec.json.Decoder(AppLinks).decode


@reads("connect_app", "", 0, 1)
def to_app(row: rows.Row) -> tuple[Credential, SigningApp]:
    """An app with its credential: the columns of the credential, then those of the app."""
    app_key, sealed_secret, has_deployment_module, links, *secrets, is_enabled, next_secret = row[-_APP_COLUMNS:]
    previous_secret, previous_us = secrets
    credential = rows.to_credential(row[:-_APP_COLUMNS])
    return credential, SigningApp(
        organization_id=credential.organization_id,
        credential_id=credential.credential_id,
        app_key=app_key,
        sealed_secret=sealed_secret,
        has_deployment_module=bool(has_deployment_module),
        links=None if links is None else _decode_links(links),
        previous_sealed_secret=previous_secret,
        previous_until=rows.optional_time(previous_us),
        is_enabled=bool(is_enabled),
        next_sealed_secret=next_secret,
    )


def from_app_changes(app: SigningApp) -> dict[str, Any]:
    """What of an app can change."""
    return {
        "sealed_secret": app.sealed_secret,
        "has_deployment_module": int(app.has_deployment_module),
        "links": rows.optional_document(app.links),
        "previous_sealed_secret": app.previous_sealed_secret,
        "previous_until_us": rows.optional_us(app.previous_until),
        "is_enabled": int(app.is_enabled),
        "next_sealed_secret": app.next_sealed_secret,
    }


def from_signing_key(key: SigningKey) -> dict[str, Any]:
    """The row of a key."""
    return {
        "organization_id": key.organization_id,
        "key_id": key.key_id,
        "sealed_private_key": key.sealed_private_key,
        "public_key": key.public_key,
        "created_us": to_microseconds(key.created_at),
    }


@reads("signing_key", "tt??i", 0, 1)
def to_signing_key(row: rows.Row) -> SigningKey:
    """A key from its row."""
    organization_id, key_id, sealed_private_key, public_key, created_us = row
    return SigningKey(organization_id, key_id, sealed_private_key, public_key, from_microseconds(created_us))
