"""Rows of organizations and credentials with their digests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shipledger.reasons import Explained
from shipledger.store.row_digests import describe_change, digest_row
from shipledger.store.row_reading import Row, reads
from shipledger.store.undecodable import find_undecodable
from shipledger.texts import storable

COLUMNS: dict[str, tuple[str, ...]] = {
    "organization": ("organization_id", "slug", "name", "created_us"),
    "credential": (
        "organization_id",
        "credential_id",
        "kind",
        "name",
        "secret_hash",
        "scopes",
        "created_us",
        "requests_per_minute",
        "requests_per_second",
        "breaks_ties_by_arrival",
        "time_form",
    ),
}
"""What of each table the digest is of. That a credential was revoked, or was seen, comes later."""


def with_digest(table: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """``columns``, as they are given to a statement, with the digest of those that count."""
    return {**columns, "digest": digest_row(table, [_stored(columns[name]) for name in COLUMNS[table]])}


def checks(table: str) -> Callable[[Row], None]:
    """Who raises DamagedRecord for a row of ``table``, its COLUMNS and the digest, that is not what was written."""

    @reads(table, "", 0, *((1,) if table != "organization" else (0,)))
    def check(row: Row) -> None:
        *columns, digest = row
        if find_undecodable([columns]) is not None:
            raise UnicodeError
        if reason := describe_change(digest, table, columns):
            raise Explained(reason)

    return check


def _stored(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
