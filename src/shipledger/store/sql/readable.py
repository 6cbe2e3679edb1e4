"""Every row of what is recorded and shown is read, to find those that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shipledger.errors import DamagedRecord
from shipledger.store import receipt_rows, rows
from shipledger.store.contract import Difference
from shipledger.store.row_reading import Row
from shipledger.store.sql.incidents import decode_incident, to_incident_entry
from shipledger.store.sql.seals import to_seal


class Readable(NamedTuple):
    """A table, the statement that reads it, and what reads a row of it and raises DamagedRecord."""

    name: str
    statement: str
    read: Callable[[Row], Any]


READABLE: tuple[Readable, ...] = (
    Readable("organization", "list_organizations", rows.to_organization),
    Readable("credential", "read_credentials", rows.to_credential),
    Readable("service", "read_services", rows.to_service),
    Readable("receipt", "read_receipts", receipt_rows.to_receipt_record),
    Readable("entry", "read_entries", rows.to_entry),
    Readable("incident_entry", "read_incident_entries", to_incident_entry),
    Readable("entry_seal", "read_seals", to_seal),
    Readable("deployment", "read_deployments", lambda row: rows.decode_deployment(row[2], row[:2])),
    Readable("incident", "read_incidents", lambda row: decode_incident(row[2], row[:2])),
)


def find_unreadable(table: Readable, row: Row) -> Difference | None:
    """What is wrong with a row, or None."""
    try:
        table.read(row)
    except DamagedRecord as error:
        return Difference(
            organization_id=error.organization_id,
            table=table.name,
            key=error.key,
            sentence=f"This row is unreadable: {error.reason}.",
        )
    return None
