"""Rows of organizations and credentials with their digests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        "expires_us",
    ),
}
"""What of each table the digest is of. That a credential was revoked comes later."""

ADDED = frozenset({"expires_us"})
"""Columns that rows of earlier versions do not have: where they are empty, the digest is without them."""


def with_digest(table: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """``columns``, as they are given to a statement, with the digest of those that count."""
    return {**columns, "digest": digest_row(table, _counting(table, [_stored(columns[name]) for name in COLUMNS[table]]))}


def checks(table: str) -> Callable[[Row], None]:
    """Who raises DamagedRecord for a row of ``table``, its COLUMNS and the digest, that is not what was written."""

    @reads(table, "", 0, *((1,) if table != "organization" else (0,)))
    def check(row: Row) -> None:
        *columns, digest = row
        if find_undecodable([columns]) is not None:
            raise UnicodeError
        if reason := describe_change(digest, table, _counting(table, columns)):
            raise Explained(reason)

    return check


def _counting(table: str, values: Sequence[Any]) -> list[Any]:
    return [value for name, value in zip(COLUMNS[table], values, strict=True) if value is not None or name not in ADDED]


def _stored(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
