"""Digests of recorded contents, which remain as proof after an erasure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_VERSION = 2
"""Digests of the first version are of entries without an actor, and do not name it."""


def digest_of(content: Any) -> str:
    """The SHA-256, in hexadecimal, of ``content`` as canonical JSON: UTF-8, members sorted by name, no white space."""
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def describe_entry(
    *,
    kind: str,
    organization_id: str,
    subject_id: str,
    version: int,
    receipt_id: str,
    item: int,
    accepted_us: int,
    recorded_us: int,
    submission: msgspec.Raw,
    actor: str,
) -> dict[str, Any]:
    """What an entry of a deployment or an incident is digested by, and archived as. "" as ``actor``: none was kept."""
    content = {
        "kind": kind,
        "organization_id": organization_id,
        "subject_id": subject_id,
        "version": version,
        "receipt_id": receipt_id,
        "item": item,
        "accepted_us": accepted_us,
        "recorded_us": recorded_us,
        "submission": submission,
    }
    return content | {"digest_version": _VERSION, "actor": actor} if actor else content


def digest_entry(content: Mapping[str, Any]) -> str:
    """The digest of an entry, by what ``describe_entry`` made of it with the text of its submission."""
    return digest_of({**content, "submission": msgspec.json.decode(content["submission"])})
