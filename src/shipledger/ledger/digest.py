"""Digests of recorded contents, which remain as proof after an erasure."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


def digest_of(content: Any) -> str:
    """The SHA-256, in hexadecimal, of ``content`` as canonical JSON: UTF-8, members sorted by name, no white space."""
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def digest_entry(
    *,
    kind: str,
    organization_id: str,
    subject_id: str,
    version: int,
    receipt_id: str,
    item: int,
    accepted_us: int,
    recorded_us: int,
    submission: str,
) -> str:
    """The digest of an entry of a deployment or an incident. ``submission`` is its JSON as stored."""
    return digest_of(
        {
            "kind": kind,
            "organization_id": organization_id,
            "subject_id": subject_id,
            "version": version,
            "receipt_id": receipt_id,
            "item": item,
            "accepted_us": accepted_us,
            "recorded_us": recorded_us,
            "submission": msgspec.json.decode(submission),
        }
    )
